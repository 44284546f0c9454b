"""Hostile input into every field of every form that patients, visitors and staff meet: no error of ours, nothing lost.

Seeded. A few inputs a form in the suite; `FUZZ=40 pytest -s tests/test_fuzz.py` tries many and prints how many.
"""

import os
import random
import sys
from html.parser import HTMLParser

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from clinic.models import Clinic
from education.models import Page
from intake.models import Submission
from intake.questionnaires.publishing import publish
from tests.intake import cases, cases_v2
from tests.intake.factories import begin, fresh, page_url, put
from tests.intake.submissions import make_staff, make_submission, make_unfinished
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
ROUNDS = int(os.environ.get("FUZZ", "1"))
SEED = int(os.environ.get("FUZZ_SEED", "20261126"))
FIXED = [
    "", " ", "\x00", "\u200b", "\u202eabc", "\ufffd", "x" * 9000, "9" * 500, "-1", "1e999", "NaN", "Infinity",
    "９９", "٣", "0x1F", "1,5", "5.11", "2026-02-30", "31/31/31", "[]", "{}", '{"a":1}', "null", "on", "yes",
    "<script>alert(1)</script>", "'; DROP TABLE x --", "' OR 1=1 --", "%s%n%x", "{{ 7*7 }}", "{% debug %}",
    "../../etc/passwd", "\r\nSet-Cookie: a=b", "=1+1", "a@b", "javascript:alert(1)", "राम", "かとう", "Z̸̢a̷l̶g̵o̴",
    "🙂" * 50, "a" * 200 + "!", "(((((((((((((((a", "a,b;c\td", "&amp;&#0;", "﷽" * 20,
]  # fmt: skip
ANSWERS = {200, 302, 303, 400, 403, 404, 405, 409, 410, 413, 429}
PUBLIC = ("/", "/faq/", "/glossary/", "/evidence/", "/search/", "/learn/", "/intake/", "/get-help-now/")
counted = {"requests": 0, "values": 0}


class Forms(HTMLParser):
    """The forms of a page: how and where each is sent, and the names of its fields with what stands in them."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.found.append((attrs.get("method", "get").lower(), attrs.get("action") or "", {}))
        elif self.found and tag in ("input", "select", "textarea", "button") and attrs.get("name"):
            self.found[-1][2].setdefault(attrs["name"], attrs.get("value") or "")


def hostile(chance):
    """Return a value that nobody would type."""
    kind = chance.randrange(3)
    if kind == 0:
        return chance.choice(FIXED)
    if kind == 1:
        return "".join(
            chr(chance.choice((9, 10, 32, 39, 34, 60, 92, 233, 0x5D0, 0x1F600, 0xFFFD, 0xE0001))) for _ in range(9)
        )
    return "".join(chr(chance.randrange(1, 0xD7FF)) for _ in range(chance.choice((1, 5, 60))))


def attack(client, address, form, chance):
    """Send a form with some of its fields hostile, doubled, missing or unknown; return the answer."""
    method, action, fields = form
    data = {}
    for name, value in fields.items():
        fate = chance.random()
        if fate < 0.75:
            data[name] = [hostile(chance) for _ in range(chance.choice((1, 1, 1, 2)))]
        elif fate < 0.9:
            data[name] = [value]
    data[hostile(chance)[:20] or "x"] = [hostile(chance)]
    counted["requests"] += 1
    counted["values"] += sum(len(values) for values in data.values())
    target = action if action.startswith("/") else address
    response = getattr(client, "get" if method == "get" else "post")(target, data)
    assert response.status_code in ANSWERS, (target, data, response.status_code)
    return response


def forms_of(client, address):
    response = client.get(address, follow=True)
    assert response.status_code < 500, address
    found = Forms(response.content.decode()).found if "html" in response["Content-Type"] else []
    return [form for form in found if "logout" not in form[1]]


def say(what):
    if ROUNDS > 1:
        sys.stdout.write(f"{what}: {counted['requests']} forms sent with {counted['values']} values so far\n")


@pytest.fixture
def chance():
    return random.Random(SEED)


@pytest.mark.parametrize("version", [cases, cases_v2], ids=["version 1", "version 2"])
def test_no_input_breaks_the_form_or_loses_what_was_saved(client, version, chance):
    publish(version.documents())
    draft = begin(client)
    client.raise_request_exception = False
    for _round in range(ROUNDS):
        for page in version.definition().pages:
            put(draft, version.QUIET)
            address = page_url(page.link_id, draft)
            for form in forms_of(client, address):
                attack(client, address, form, chance)
                kept = fresh(draft).answers
                here = {item.link_id for item in page.items}
                elsewhere = {name: value for name, value in version.QUIET.items() if name not in here}
                assert {name: kept.get(name) for name in elsewhere} == elsewhere, page.link_id
    for name in ("start", "tasks", "check", "birth-date", "adults", "leave", "clear"):
        for form in forms_of(client, reverse(f"intake:{name}")) * ROUNDS:
            attack(client, reverse(f"intake:{name}"), form, chance)
    assert not Submission.objects.exists()
    say(version.__name__)


def test_no_input_breaks_a_public_page_or_sign_in(client, chance):
    publish(cases_v2.documents())
    Page.objects.create(slug="a-page", title="A", number=1, answer="Yes.", body="## One {#one}\n\nWords.")
    client.raise_request_exception = False
    for address in (*PUBLIC, "/learn/a-page/", "/accounts/login/"):
        for form in forms_of(client, address) * (3 * ROUNDS):
            attack(client, address, form, chance)
        for _round in range(3 * ROUNDS):
            attack(client, address, ("get", "", {"q": "", "page": "", "after": "", "tab": "", "grade": ""}), chance)
    say("public")


def test_no_input_breaks_a_staff_page(chance):
    Clinic(pk=1).save()
    submission = make_submission({"bp-diagnosis": "yes", "bp-controlled": "no", "med-benzo": "yes"})
    form, user = make_unfinished(), make_staff("owner", is_superuser=True)
    page = Page.objects.create(slug="a-page", title="A", number=1, answer="Yes.", body="## One {#one}\n\nWords.")
    client = sign_in(Client(raise_request_exception=False), user)
    places = [
        reverse("admin:intake_submission_changelist"),
        reverse("admin:intake_submission_page", args=[submission.pk]),
        reverse("admin:intake_unfinishedform_page", args=[form.pk]),
        reverse("admin:education_page_change", args=[page.pk]),
        reverse("admin:education_page_review", args=[page.pk]),
        reverse("admin:clinic_clinic_change", args=[1]),
        reverse("admin:clinic_limit_changelist"),
        reverse("admin:clinic_user_change", args=[user.pk]),
        *(reverse(f"admin:education_{name}_add") for name in ("claim", "reference", "faqentry", "glossaryterm")),
        *(reverse(f"admin:education_{name}_add") for name in ("figurefacts", "searchwords", "page")),
        *(reverse(f"admin:{name}_changelist") for name in ("clinic_auditentry", "clinic_user", "education_page")),
        reverse("admin:clinic_user_add"),
    ]
    for place in places:
        for form in forms_of(client, place) * ROUNDS:
            before = transaction.savepoint()
            attack(client, place, form, chance)
            transaction.savepoint_rollback(before)
        for _round in range(ROUNDS):
            attack(client, place, ("get", "", {"q": "", "o": "", "p": "", "tab": "", "after": "", "all": ""}), chance)
    call_command("verify_audit")
    say("staff")
