"""Patients for tests: a draft in a browser, and a walk through the form as a person would post it."""

from collections.abc import Mapping
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.models import Clinic
from intake.definition.model import Item
from intake.journey.addresses import HELP, DraftAddresses
from intake.models import Draft, DraftKey, QuestionnaireVersion
from intake.questionnaires.publishing import publish
from tests.intake.cases import QUIET, complete_answers, documents

UNITS = {"kg": "kg", "lb": "[lb_av]", "mmHg": "mm[Hg]"}


def publish_previsit() -> QuestionnaireVersion:
    return publish(documents())[0]


def make_profile(**values: Any) -> Clinic:
    profile = Clinic(pk=1, phone="(555) 010-0199", **values)
    profile.save()
    return profile


def begin(client: Client, device: str = "own") -> Draft:
    """Press the start button and give the draft it made."""
    if not QuestionnaireVersion.objects.exists():
        publish_previsit()
    client.post(reverse("intake:start"), {"filled-by": "self"} | ({"shared": "on"} if device == "shared" else {}))
    draft: Draft = Draft.objects.latest("created_at")
    return draft


def fresh(draft: Draft) -> Draft:
    """Read a draft again."""
    found: Draft = Draft.objects.with_version().get(pk=draft.pk)
    return found


def posted(item: Item, value: Any) -> dict[str, Any]:
    """Give an answer as the browser posts it."""
    name = item.link_id
    if value is None or value is False or (item.control == "tick" and value == "no"):
        return {}
    if item.is_group:
        return {
            f"{name}[{number}].{link_id}": words for number, row in enumerate(value) for link_id, words in row.items()
        }
    if item.type == "date":
        year, month, day = str(value).split("-")
        return {f"{name}_month": month, f"{name}_day": day, f"{name}_year": year}
    if item.type == "quantity" and "[in_i]" in item.units:
        if value["unit"] == "cm":
            return {f"{name}_cm": str(value["value"])}
        feet, inches = divmod(value["value"], 12)
        return {f"{name}_feet": str(feet), f"{name}_inches": str(inches)}
    if item.type == "quantity":
        return {f"{name}_value": str(value["value"]), f"{name}_unit": UNITS.get(value["unit"], value["unit"])}
    return {name: "on" if value is True else str(value) if isinstance(value, int | float) else value}


def post_page(client: Client, draft: Draft, slug: str, answers: Mapping[str, Any], **more: Any) -> HttpResponse:
    """Post one page with these answers, at the draft's revision unless another is given."""
    definition = fresh(draft).version.definition()
    data: dict[str, Any] = {"revision": str(fresh(draft).revision)}
    for item in next(page for page in definition.pages if page.link_id == slug).items:
        data |= posted(item, answers.get(item.link_id))
    query = more.pop("query", "")
    follow = more.pop("follow", False)
    response: HttpResponse = client.post(page_url(slug, draft) + query, data | more, follow=follow)
    return response


def shown(client: Client, response: HttpResponse) -> HttpResponse:
    """Return the page that a browser shows after this answer."""
    for _step in range(5):
        if response.status_code not in (302, 303):
            return response
        response = client.get(response["Location"])
    raise AssertionError("led round in a circle")


def slug_of(draft: Draft, url: str) -> str:
    """Return the slug of the page of questions at an address."""
    code = url.partition("?")[0].rstrip("/").rsplit("/", 1)[1]
    return DraftAddresses("", draft.pk).name_of(code, draft.definition)


def walk(
    client: Client,
    draft: Draft,
    changes: Mapping[str, Any] | None = None,
    *,
    until: str = "",
    quiet: Mapping[str, Any] | None = None,
    seen: list[str] | None = None,
) -> str:
    """Go through the form as a person does, page by page; give the address reached last."""
    answers = (QUIET if quiet is None else quiet) | dict(changes or {})
    url = client.get(reverse("intake:go-on"))["Location"]
    seen = [] if seen is None else seen
    while "/q/" in url:
        slug = slug_of(draft, url)
        if slug == until:
            return url
        page = client.get(url)
        assert page.status_code == 200, (slug, page.status_code)
        if slug.startswith(HELP):
            seen.append(slug)
            url = client.get(client.post(url)["Location"])["Location"]
            continue
        assert slug not in seen, f"{slug} came twice: {seen}"
        seen.append(slug)
        response = post_page(client, draft, slug, answers)
        assert response.status_code == 303, (slug, errors_of(response))
        url = response["Location"]
    return url


def errors_of(response: HttpResponse) -> dict[str, Any]:
    context = getattr(response, "context", None)
    return dict(context["form"].errors) if context and "form" in context else {}


class MainText(HTMLParser):
    """Collect the visible text of the main part, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.is_main = False
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_main = self.is_main or tag == "main"

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.is_main = False

    def handle_data(self, data: str) -> None:
        if self.is_main and data.strip():
            self.parts.append(" ".join(data.split()))


def main_text(response: HttpResponse) -> str:
    """Give the words in the main part of a page."""
    parser = MainText()
    parser.feed(response.content.decode())
    return " ".join(parser.parts)


def put(draft: Draft, answers: Mapping[str, Any], **columns: Any) -> Draft:
    """Give a draft answers as if they had been saved earlier."""
    draft = fresh(draft)
    draft.answers = dict(answers)
    key_of(draft).keep(**{name: columns.pop(name) for name in ("tries", "seen_at") if name in columns})
    for name, value in columns.items():
        setattr(draft, name, value)
    draft.save()
    return draft


def key_of(draft: Draft) -> DraftKey:
    """Return the first key of a draft."""
    key: DraftKey = DraftKey.objects.filter(draft=draft).first()
    return key


def go_away(draft: Draft, minutes: int) -> None:
    """Let nobody have been there for so long."""
    key_of(draft).keep(seen_at=(timezone.now() - timedelta(minutes=minutes)).isoformat())


def page_url(slug: str, draft: Draft | None = None) -> str:
    """Return the address of a page in a draft, else in the newest there is."""
    draft = draft or Draft.objects.order_by("created_at").last()
    return DraftAddresses("", draft.pk if draft else uuid4()).page(slug)


def agree_at_once(client: Client, draft: Draft) -> None:
    """Read the notice, answer its three questions, agree and sign."""
    for slug in ("driving-notice", "your-agreement", "signature"):
        post_page(client, draft, slug, QUIET)


UNSIGNED = {"tb-1": None, "tb-2": None, "tb-3": None, "ack-driving": None, "signature-name": None}


def a_ready_draft(client: Client, **changes: Any) -> Draft:
    """Give a draft with every answer, agreed to and signed, one press from being sent."""
    draft = put(begin(client), complete_answers(UNSIGNED | changes))
    agree_at_once(client, draft)
    return fresh(draft)


def send(client: Client, draft: Draft) -> HttpResponse:
    response: HttpResponse = client.post(reverse("intake:check"), {"revision": fresh(draft).revision})
    return response
