"""Rows for tests: staff by group, drafts, submissions, unfinished forms."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from clinic.models import Clinic, User
from intake.journey.sending import submit
from intake.journey.visit import Visit
from intake.models import Draft, QuestionnaireVersion, Submission, UnfinishedForm
from intake.questionnaires.publishing import publish
from tests.intake.cases import QUIET, documents

PASSWORD = "correct horse battery staple"


def make_staff(group: str | None, name: str = "", **kwargs: Any) -> User:
    user = User.objects.create_user(
        name or (group or "nobody").replace(" ", "-"), password=PASSWORD, is_staff=True, **kwargs
    )
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def make_version() -> QuestionnaireVersion:
    published = QuestionnaireVersion.objects.without_documents().filter(content_hash=documents().content_hash)
    return published.first() or publish(documents())[0]


def make_journey(**kwargs: Any) -> dict[str, Any]:
    """What a person leaves on the way who answers the no-driving questions at once."""
    now = timezone.now().isoformat()
    definition = make_version().definition()
    notice = definition.driving_notice()
    right = {link_id: item.correct for link_id, item in definition.teach_back.items()}
    return {
        "changed": {},
        "tries": [{"at": now, "answers": right}],
        "fired": [],
        "notices": [
            {
                "id": notice.id,
                "language": "en",
                "sha256": "0" * 64,
                "text": notice.text,
                "shown_at": now,
                "agreed_at": now,
            }
        ],
        "acknowledged": {"ack-driving": {"at": now, "label": "I will not drive."}},
        "signed_at": now,
        **kwargs,
    }


def make_draft(answers: dict[str, Any] | None = None, *, journey: dict[str, Any] | None = None, **kwargs: Any) -> Draft:
    """A draft that can be sent, with some answers of its own; an answer of None is left out."""
    whole = {**QUIET, **(answers or {})}
    columns = {
        "version": make_version(),
        "lifetime": timedelta(days=7),
        "answers": {link_id: value for link_id, value in whole.items() if value is not None},
        "journey": journey if journey is not None else make_journey(),
        "expires_at": timezone.now() + timedelta(days=7),
    }
    return Draft.objects.create(**{**columns, **kwargs})


def make_submission(answers: dict[str, Any] | None = None, *, now: Any = None, **kwargs: Any) -> Submission:
    draft = make_draft(answers, **kwargs)
    return submit(Visit(draft, Clinic.current(), now or timezone.now()))


def make_unfinished(rules: tuple[str, ...] = ("SR-C2",), **kwargs: Any) -> UnfinishedForm:
    draft = make_draft()
    columns = {
        "draft": draft,
        "data_key": draft.data_key,
        "version": make_version(),
        "rules": list(rules),
        "holds": list(rules),
        "rank": 1,
        "contact": {"name": "Robin Unsent", "phone": "555 0177"},
    }
    return UnfinishedForm.objects.create(**{**columns, **kwargs})
