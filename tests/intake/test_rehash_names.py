"""The index key can be changed: people are found again, and a stop in between loses nothing."""

import pytest
from django.core.management import call_command

from intake.management.commands.rehash_names import rehash
from intake.models import LookupHash, Submission
from intake.models.lookup import hashes_of
from tests.intake.submissions import make_submission
from tests.settings import TEST_KEYS

pytestmark = pytest.mark.django_db


def is_found(submission):
    kept = set(LookupHash.objects.filter(submission=submission).values_list("kind", "hash"))
    return kept == set(hashes_of(submission.definition, submission.identity)) != set()


def test_everybody_is_found_under_the_new_key_also_after_a_stop(settings, capsys):
    submissions = [make_submission({"legal-name": name}) for name in ("Ana Lee", "王芳", "Bo")]
    assert all(is_found(submission) for submission in submissions)
    settings.INDEX_KEY = TEST_KEYS["old"]
    assert not any(is_found(submission) for submission in submissions)
    rehash(Submission.objects.first())  # and then it was stopped

    call_command("rehash_names")
    assert "2 submissions hashed anew, 1 right already." in capsys.readouterr().out
    call_command("rehash_names")

    assert all(is_found(submission) for submission in submissions)
    assert "0 submissions hashed anew, 3 right already." in capsys.readouterr().out
