"""The no-driving record: what the person was shown, tried, agreed to and signed."""

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from msgspec import Struct

from intake.models import Submission
from intake.response.response import Response
from intake.response.words import display_value

RIDE = ("ride", "escort-name", "escort-phone")


class DrivingRecord(Struct, frozen=True):
    notices: tuple[dict[str, Any], ...]
    tries: tuple[dict[str, Any], ...]
    acknowledged: tuple[dict[str, Any], ...]
    signature: str
    helper: str  # who answered, agreed and signed for the patient; empty when the patient did
    signed_at: datetime | None
    escort: tuple[tuple[str, str], ...]


def driving_record(submission: Submission, response: Response) -> DrivingRecord:
    kept = submission.record
    return DrivingRecord(
        notices=tuple(
            {**notice, "shown_at": as_time(notice.get("shown_at")), "agreed_at": as_time(notice.get("agreed_at"))}
            for notice in kept.get("notices", [])
        ),
        tries=tuple(read_try(number, one, response) for number, one in enumerate(kept.get("tries", []), start=1)),
        acknowledged=tuple(
            {"label": given.get("label") or question(response, link_id), "at": as_time(given.get("at"))}
            for link_id, given in kept.get("acknowledged", {}).items()
        ),
        signature=words(response, "signature"),
        helper=helper_of(response),
        signed_at=as_time(kept.get("signed_at")),
        escort=tuple(
            (label, said) for role in RIDE if (label := label_of(response, role)) and (said := words(response, role))
        ),
    )


def read_try(number: int, one: dict[str, Any], response: Response) -> dict[str, Any]:
    definition = response.definition
    answers = [
        {
            "question": question(response, link_id),
            "words": display_value(definition.questions[link_id], code),
            "is_right": code == definition.teach_back[link_id].correct,
        }
        for link_id, code in one["answers"].items()
    ]
    return {"number": number, "at": parse_datetime(one["at"]), "answers": answers}


def helper_of(response: Response) -> str:
    """Name the person who filled the form in for the patient, and how they know each other."""
    return ", ".join(filter(None, (words(response, "helper-name"), words(response, "helper-relationship"))))


def words(response: Response, role: str) -> str:
    """Return the answer of a role in words; empty when it was not asked, or not answered."""
    item = response.definition.role(role)
    return display_value(item, response.enabled.get(item.link_id)) if item else ""


def label_of(response: Response, role: str) -> str:
    item = response.definition.role(role)
    return response.text_of(item) if item else ""


def question(response: Response, link_id: str) -> str:
    item = response.definition.items.get(link_id)
    return response.text_of(item) if item else link_id


def as_time(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
