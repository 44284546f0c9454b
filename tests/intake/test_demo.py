"""Made-up submissions for a desk to try things out on."""

import pytest
from django.core.management import CommandError, call_command

from clinic.models import Clinic
from intake.models import Submission, WorkItem
from intake.questionnaires.publishing import load_folder, publish, shipped
from tests.intake.submissions import make_version

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("folder", shipped(), ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_the_same_seed_makes_the_same_people_of_every_kind(folder, capsys):
    publish(load_folder(folder))

    call_command("make_demo_submissions", "30", "--seed", "7")
    first = sorted(one.identity["legal-name"] for one in Submission.objects.all())
    call_command("make_demo_submissions", "30", "--seed", "8")

    assert len(first) == 30
    assert WorkItem.objects.count() == 60
    severities = {one.screening.severity for one in Submission.objects.all()}
    assert len(severities) >= 3
    assert "30 made-up submissions" in capsys.readouterr().out
    missing = [one.reference for one in Submission.objects.all() if one.flags.filter(rule="SR-INCOMPLETE").exists()]
    assert missing == []


@pytest.mark.parametrize("url", ["https://clinic.example", "https://localhost"])
def test_nothing_is_made_where_patients_may_be(settings, url):
    make_version()
    site = type(settings.SITE)(url, url.split("//")[1], url.startswith("https"))
    settings.SITE = site

    with pytest.raises(CommandError, match="real patients"):
        call_command("make_demo_submissions", "1", "--yes")

    assert not Submission.objects.exists()
    assert Clinic.current().pk == 1
