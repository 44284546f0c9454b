"""One list of signs that mean 911, in the content and in the notice that a patient signs."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from education.models import FigureFacts
from intake.definition.parse import parse_definition
from intake.models import QuestionnaireVersion
from intake.questionnaires.checks import check_signs
from intake.questionnaires.publishing import load_folder, newest
from intake.questionnaires.signs import disagreements, phrase, plain
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


# What sends to 911 for suicidal thoughts or danger alone names no sign of the body.
DANGER = re.compile(r"988|danger|in an emergency", re.I)


def test_whatever_sends_to_911_says_which_signs_it_names(definition):
    texts = [(notice.id, notice.text, notice.signs) for notice in definition.notices.values()]
    texts += [(rule.id, rule.patient, rule.signs) for rule in definition.rules.values()]
    sending = {name: signs for name, text, signs in texts if "911" in text and not DANGER.search(text)}

    assert {name for name, signs in sending.items() if not signs} == {"SR-C5"}  # it has no list of its own
    assert len(sending) == 5


def test_sleepy_is_told_from_hard_to_wake_in_both(definition, emergency_list):
    words = "being sleepy is common. being hard to wake is not."

    assert words in plain(definition.notice("driving").text)
    assert words in plain(emergency_list["after"])


TEMPLATES = LIST.parents[4] / "templates"
SIGN = re.compile(r"chest|breath|stroke|seizure|pass out|swelling|woken|hard to wake|confused", re.I)
# Beside signs: danger to life that the pages name with them, and what to do.
BESIDE = {"an overdose", "a plan you may act on now", "a plan to end your life that you may act on"}
BESIDE |= {"call 911", "call 911 now", "need help right away", ""}


def sentences_with_signs() -> list[tuple[str, str]]:
    """The sentences of templates that name a sign, each with where it stands."""
    found = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = re.sub(r'{% translate "([^"]*)" %}', r"\1", re.sub(r"<svg.*?</svg>", "", path.read_text(), flags=re.S))
        text = re.sub(r"{[%#].*?[%#]}|<[^>]*>", ". ", re.sub(r"</?(?:a|strong|span)\b[^>]*>", " ", text))
        text = " ".join(text.split())
        found += [(path.name, one) for one in re.split(r"[.?!]", text) if SIGN.search(one)]
    return found


def strangers(items: list[str]) -> list[str]:
    """What sentences of templates name beside the signs of a list."""
    listed = [set(plain(item).split()) | {"a", "new", "someone", "who"} for item in items]
    return [
        f"{name}: {part}"
        for name, sentence in sentences_with_signs()
        for part in re.split(r", or |, | or | and |: | (?=need )", sentence.lower())
        if part.strip() not in BESIDE and not any(set(part.split()) <= words for words in listed)
    ]


def test_templates_name_no_sign_that_the_list_lacks(emergency_list):
    items = emergency_list["items"]

    naming = {"crisis_panel_emergency.html", "get_help_now.html", "help_line.html", "help_lines.html"}

    assert strangers(items) == []
    for sign in ("have chest pain", items[2], items[4]):
        assert {found.partition(":")[0] for found in strangers([item for item in items if item != sign])} >= naming


def change_list(change: Callable[[list[str]], None]) -> None:
    row = FigureFacts.objects.get(language="en", slug="emergency-list")
    facts = yaml.safe_load(row.body)
    change(facts["items"])
    FigureFacts.objects.filter(pk=row.pk).update(body=yaml.safe_dump(facts))


@pytest.mark.django_db
def test_a_version_whose_notice_leaves_out_a_sign_is_not_published():
    put_content()
    change_list(lambda items: items.append("turn blue"))

    with pytest.raises(CommandError, match="turn blue"):
        call_command("load_questionnaires", verbosity=0)
    assert not QuestionnaireVersion.objects.exists()


@pytest.mark.django_db
def test_a_version_whose_help_names_a_sign_that_the_list_lacks_is_not_published():
    put_content()
    change_list(lambda items: items.remove("have chest pain"))

    with pytest.raises(CommandError) as refused:
        call_command("load_questionnaires", verbosity=0)

    for place in ("emergency-2", "line-911", "SR-CHANGED-EMERGENCY", "SR-BP1"):
        assert f"{place}: 'chest pain' is not on the list" in str(refused.value)


@pytest.mark.django_db
def test_help_that_says_no_signs_or_others_than_its_words_is_not_published():
    put_content()
    documents = load_folder(newest("previsit"))
    panel, line = (
        next(one for one in documents.notices["notices"] if one["id"] == name) for name in ("emergency-2", "line-911")
    )
    del panel["signs"]
    line["signs"] = ["swelling of the face"]

    assert disagreements(parse_definition(documents)) == [
        "emergency-2 names no signs",
        "line-911: its words do not name 'swelling of the face'",
    ]


@pytest.mark.django_db
def test_a_sign_added_later_is_warned_of_and_stops_nothing():
    put_content()
    call_command("load_questionnaires", verbosity=0)
    assert check_signs(None, databases=["default"]) == []
    change_list(lambda items: items.append("turn blue"))

    call_command("load_questionnaires", verbosity=0)
    warning = check_signs(None, databases=["default"])[0]

    assert "turn blue" in warning.msg
    assert "previsit" in warning.msg


@pytest.mark.django_db
def test_without_content_nothing_is_compared():
    call_command("load_questionnaires", verbosity=0)

    assert check_signs(None, databases=["default"]) == []
