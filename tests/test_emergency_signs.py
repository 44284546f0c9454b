"""One list of signs that mean 911, in the content and in the notice that a patient signs."""

from pathlib import Path

import pytest
import yaml

from intake.definition.parse import parse_definition
from intake.questionnaires.publishing import load_folder, newest

LIST = Path(__file__).parent.parent / "education/content/en/figures/emergency-list.yaml"


def plain(text: str) -> str:
    return " ".join(text.replace(",", "").lower().split())


@pytest.fixture(scope="module")
def driving_notice() -> str:
    return plain(parse_definition(load_folder(newest("previsit"))).notice("driving").text)


@pytest.fixture(scope="module")
def emergency_list() -> dict:
    return yaml.safe_load(LIST.read_text())


def test_the_notice_names_every_sign_of_the_list(driving_notice, emergency_list):
    assert len(emergency_list["items"]) >= 7
    for sign in emergency_list["items"]:
        words = plain(sign.partition(":")[0]).removeprefix("have ")  # examples of a stroke's signs stand on the page
        assert words in driving_notice, sign


def test_the_notice_names_no_other_sign(driving_notice, emergency_list):
    signs = driving_notice.partition("call 911 or have the adult with you call if you ")[2].partition(".")[0]
    for item in emergency_list["items"]:
        signs = signs.replace(plain(item.partition(":")[0]).removeprefix("have "), "")

    assert set(signs.split()) <= {"have", "or", "are"}


def test_sleepy_is_told_from_hard_to_wake_in_both(driving_notice, emergency_list):
    words = "being sleepy is common. being hard to wake is not."

    assert words in driving_notice
    assert words in plain(emergency_list["after"])
