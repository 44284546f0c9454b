"""A submission as FHIR R4: who, what was asked and answered, agreements, scores, flags, contacts, and who made it."""

import base64
from collections.abc import Iterator
from typing import Any
from uuid import uuid5

from msgspec.structs import asdict

from intake.definition.model import Definition, Item, QuestionPage
from intake.definition.rules import Severity
from intake.models import Contact, Reached, Submission, open_parts
from intake.models.lookup import said
from intake.response.response import Response
from intake.response.walk import Asked
from intake.response.words import display_value

Json = dict[str, Any]
UCUM = "http://unitsofmeasure.org"
IDENTIFIER = "urn:previsit:reference"


def bundle(submission: Submission, site: str) -> Json:
    """Return everything about one submission; only answers that counted, nothing that branching switched off."""
    asked = questionnaire(submission)
    resources = [asked, *resources_of(submission, asked["url"])]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "identifier": {"system": IDENTIFIER, "value": submission.reference},
        "timestamp": submission.submitted_at.isoformat(),
        "entry": [{"fullUrl": f"{site}/fhir/{one['resourceType']}/{one['id']}", "resource": one} for one in resources],
    }


def resources_of(submission: Submission, canonical: str) -> Iterator[Json]:
    """Yield a submission's resources; `canonical` is its questionnaire's address."""
    yield patient(submission)
    yield questionnaire_response(submission, canonical)
    yield from consents(submission)
    yield from observations(submission)
    yield from flags(submission)
    yield from communications(submission)
    yield provenance(submission)


def questionnaire(submission: Submission) -> Json:
    """Return the version that was answered, with an address to know it by where its author gave none."""
    url = f"urn:previsit:questionnaire:{submission.version.slug}"
    return {"url": url, **submission.version.questionnaire, "id": questionnaire_id(submission)}


def questionnaire_id(submission: Submission) -> str:
    return f"{submission.version.slug}-{submission.version.version}"


def id_of(submission: Submission, part: str) -> str:
    """Name one resource of a submission: the same in every export."""
    return str(uuid5(submission.pk, part))


def reference(submission: Submission, kind: str, part: str) -> Json:
    return {"reference": f"{kind}/{id_of(submission, part)}"}


def about(submission: Submission) -> Json:
    return reference(submission, "Patient", "patient")


def patient(submission: Submission) -> Json:
    definition, identity = submission.definition, submission.identity
    name, birth = said(definition, identity, "legal-name"), said(definition, identity, "birth-date")
    contacts = (("phone", said(definition, identity, "phone")), ("email", said(definition, identity, "email")))
    found: Json = {
        "resourceType": "Patient",
        "id": id_of(submission, "patient"),
        "name": [{"use": "official", "text": name or "-"}],
    }
    if birth:
        found["birthDate"] = birth
    telecom = [{"system": system, "value": value} for system, value in contacts if value]
    return found | ({"telecom": telecom} if telecom else {})


def questionnaire_response(submission: Submission, canonical: str) -> Json:
    definition = submission.definition
    response = Response(definition, submission.answered())
    return {
        "resourceType": "QuestionnaireResponse",
        "id": id_of(submission, "answers"),
        "identifier": {"system": IDENTIFIER, "value": submission.reference},
        "questionnaire": f"{canonical}|{definition.version}",
        "status": "completed",
        "subject": about(submission),
        "authored": submission.submitted_at.isoformat(),
        "language": submission.language,
        "item": list(sections(definition, response)),
    }


def consents(submission: Submission) -> Iterator[Json]:
    """Yield each notice as it was shown, and whether and when it was agreed to."""
    for number, notice in enumerate(submission.record.get("notices", []), start=1):
        agreed = notice.get("agreed_at")
        yield {
            "resourceType": "Consent",
            "id": id_of(submission, f"consent-{number}"),
            "status": "active" if agreed else "proposed",
            "scope": {"text": "Treatment"},
            "category": [{"text": "Agreement to a notice"}],
            "patient": about(submission),
            "dateTime": agreed or notice["shown_at"],
            "policyRule": {"text": notice["id"]},
            "sourceAttachment": {
                "contentType": "text/plain;charset=utf-8",
                "language": notice["language"],
                "data": base64.b64encode(notice["text"].encode()).decode(),
                "title": notice["id"],
            },
        }


def sections(definition: Definition, response: Response) -> Iterator[Json]:
    by_page: dict[str, list[Asked]] = {}
    for asked in response.walk:
        by_page.setdefault(asked.page.link_id, []).append(asked)
    for section in definition.sections:
        pages = [page_item(page, by_page[page.link_id], response) for page in section.pages if page.link_id in by_page]
        if pages:
            yield {"linkId": section.link_id, "text": section.title, "item": pages}


def page_item(page: QuestionPage, asked: list[Asked], response: Response) -> Json:
    items: list[Json] = []
    rows: dict[str, Json] = {}
    for one in asked:
        group, in_rows, _link_id = one.path.rpartition(".")
        if in_rows and group not in rows:
            rows[group] = {"linkId": group.partition("[")[0], "item": []}
            items.append(rows[group])
        if not one.item.items and one.value is not None:
            (rows[group]["item"] if in_rows else items).append(question_item(one, response))
    return {"linkId": page.link_id, "item": items} if items else {"linkId": page.link_id}


def question_item(one: Asked, response: Response) -> Json:
    values = one.value if isinstance(one.value, list) else [one.value]
    text = response.text_of(one.item)
    return {"linkId": one.item.link_id, "text": text, "answer": [answer(one.item, value) for value in values]}


def answer(item: Item, value: Any) -> Json:
    if item.type == "choice":
        return {"valueCoding": {"code": str(value), "display": display_value(item, str(value))}}
    if item.type == "quantity":
        return {
            "valueQuantity": {"value": value["value"], "unit": value["unit"], "system": UCUM, "code": value["unit"]}
        }
    kind = {"boolean": "valueBoolean", "date": "valueDate", "integer": "valueInteger", "decimal": "valueDecimal"}
    return {kind.get(item.type, "valueString"): value}


def observations(submission: Submission) -> Iterator[Json]:
    for link_id, item in submission.definition.computed.items():
        value = submission.computed.get(link_id)
        if value is None:
            continue
        is_number = isinstance(value, int | float)
        yield {
            "resourceType": "Observation",
            "id": id_of(submission, f"score-{link_id}"),
            "status": "final",
            "code": {**({"coding": [asdict(code) for code in item.codes]} if item.codes else {}), "text": item.text},
            "subject": about(submission),
            "effectiveDateTime": submission.submitted_at.isoformat(),
            **({"valueQuantity": {"value": value}} if is_number else {"valueString": value_words(value)}),
        }


def value_words(value: object) -> str:
    """Return what was computed as text; several words are a list, not Python's."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def flags(submission: Submission) -> Iterator[Json]:
    rows = list(submission.flags.worst_first())
    settled = set(submission.flags.settled().values_list("pk", flat=True))
    open_parts(submission, rows)
    for flag in rows:
        yield {
            "resourceType": "Flag",
            "id": id_of(submission, f"flag-{flag.rule}"),
            "identifier": [{"system": "urn:previsit:rule", "value": flag.rule}],
            "status": "inactive" if flag.pk in settled else "active",
            "category": [{"text": Severity(flag.severity).word}],
            "code": {"text": str(flag.evidence.get("reason", flag.rule))},
            "subject": about(submission),
        }


def communications(submission: Submission) -> Iterator[Json]:
    """Yield each try to reach the person, those from before the form was sent too."""
    for contact in Contact.all_about(submission):
        yield {
            "resourceType": "Communication",
            "id": str(contact.pk),
            "status": "completed" if contact.reached in (Reached.REACHED, Reached.MESSAGE) else "not-done",
            "statusReason": {"text": contact.get_reached_display()},
            "medium": [{"text": contact.get_means_display()}],
            "subject": about(submission),
            "sent": contact.at.isoformat(),
            **({"payload": [{"contentString": contact.text}]} if contact.text else {}),
        }


def provenance(submission: Submission) -> Json:
    return {
        "resourceType": "Provenance",
        "id": id_of(submission, "made"),
        "target": [reference(submission, "QuestionnaireResponse", "answers")],
        "recorded": submission.submitted_at.isoformat(),
        "agent": [{"who": {"display": "The patient, by the clinic's own form"}}],
    }
