"""One list of signs that mean 911, in the content and in the notice that a patient signs."""

from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from education.models import FigureFacts
from intake.definition.parse import parse_definition
from intake.models import QuestionnaireVersion
from intake.questionnaires.checks import check_signs
from intake.questionnaires.publishing import load_folder, newest
from intake.questionnaires.signs import phrase, plain
from tests.real_content import put_content

LIST = Path(__file__).parent.parent / "education/content/en/figures/emergency-list.yaml"


@pytest.fixture(scope="module")
def definition():
    return parse_definition(load_folder(newest("previsit")))


@pytest.fixture(scope="module")
def emergency_list() -> dict:
    return yaml.safe_load(LIST.read_text())


def test_the_notice_names_every_sign_of_the_list_and_no_other(definition, emergency_list):
    notice = plain(definition.notice("driving").text)
    signs = notice.partition("call 911 or have the adult with you call if you ")[2].partition(".")[0]

    assert len(emergency_list["items"]) >= 7
    for item in emergency_list["items"]:
        assert phrase(item) in signs, item
        signs = signs.replace(phrase(item), "")
    assert set(signs.split()) <= {"have", "or", "are"}


def test_the_help_for_chest_pain_names_only_signs_of_the_list(definition, emergency_list):
    panel = plain(definition.notice("panel-emergency").text)
    items = plain(" ".join(emergency_list["items"]))

    for sign in ("chest pain", "trouble breathing", "signs of a stroke"):
        assert sign in panel
        assert sign in items


def test_sleepy_is_told_from_hard_to_wake_in_both(definition, emergency_list):
    words = "being sleepy is common. being hard to wake is not."

    assert words in plain(definition.notice("driving").text)
    assert words in plain(emergency_list["after"])


def list_one_more_sign(sign: str) -> None:
    row = FigureFacts.objects.get(language="en", slug="emergency-list")
    facts = yaml.safe_load(row.body)
    facts["items"].append(sign)
    FigureFacts.objects.filter(pk=row.pk).update(body=yaml.safe_dump(facts))


@pytest.mark.django_db
def test_a_version_whose_notice_leaves_out_a_sign_is_not_published():
    put_content()
    list_one_more_sign("turn blue")

    with pytest.raises(CommandError, match="turn blue"):
        call_command("load_questionnaires", verbosity=0)
    assert not QuestionnaireVersion.objects.exists()


@pytest.mark.django_db
def test_a_sign_added_later_is_warned_of_and_stops_nothing():
    put_content()
    call_command("load_questionnaires", verbosity=0)
    assert check_signs(None, databases=["default"]) == []
    list_one_more_sign("turn blue")

    call_command("load_questionnaires", verbosity=0)
    warning = check_signs(None, databases=["default"])[0]

    assert "turn blue" in warning.msg
    assert "previsit" in warning.msg


@pytest.mark.django_db
def test_without_content_nothing_is_compared():
    call_command("load_questionnaires", verbosity=0)

    assert check_signs(None, databases=["default"]) == []
