from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEntry
from intake.models import Submission, WorkItem
from intake.review.actions import assign, decide, resolve_flag
from tests.intake.cases import SEVERAL_DAYS, mmhg
from tests.intake.submissions import make_staff, make_submission, make_unfinished, sign_in

pytestmark = pytest.mark.django_db
LIST = "/admin/intake/submission/"
CRISIS = {"phq9-q9": SEVERAL_DAYS}
HIGH = {"safety-q2": "yes", "safety-q3": "no", "safety-q4": "yes", "safety-q5": "no"}
EMERGENCY = {"chest-pain-now": "yes"}
STOP, REVIEW, NOTE = {"ketamine-allergy": "yes"}, {"med-benzo": "yes"}, {"med-lamotrigine": "yes"}


@pytest.fixture
def nurse(client):
    return sign_in(client, make_staff("nurse"))


@pytest.fixture
def front_desk(client):
    return sign_in(client, make_staff("front desk"))


def named(name, answers=None, **kwargs):
    return make_submission(
        {"legal-name": name, "signature-name": name, "preferred-name": name, **(answers or {})}, **kwargs
    )


def names(response):
    return [row.name for row in response.context["rows"]]


def actions():
    return list(AuditEntry.objects.order_by("position").values_list("action", "subject"))


def test_admin_lands_on_the_worklist(nurse):
    assert nurse.get("/admin/").url == LIST


def test_worklist_is_open_first_then_worst_first_in_the_dossiers_order_then_oldest(nurse):
    now = timezone.now()
    for name, answers in [
        ("None", {}),
        ("Note", NOTE),
        ("Review", REVIEW),
        ("Stop", STOP),
        ("C1", CRISIS),
        ("High", HIGH),
        ("Emergency", EMERGENCY),
    ]:
        named(name, answers)
    named("Older stop", STOP, now=now - timedelta(days=2))
    closed = named("Closed emergency", EMERGENCY)
    decide(closed, by=make_staff("clinician"), decision="not-suitable", reason="No.")

    response = nurse.get(LIST)

    assert names(response) == [
        "Emergency",
        "High",
        "C1",
        "Older stop",
        "Stop",
        "Review",
        "Note",
        "None",
        "Closed emergency",
    ]


def test_worklist_falls_to_what_is_still_open_when_a_flag_is_resolved(nurse):
    submission = named("Was stop", {**STOP, **NOTE})
    named("Review", REVIEW)
    clinician = make_staff("clinician")
    resolve_flag(submission.flags.get(rule="SR-M1"), by=clinician, outcome="mistake", reason="Latex.")

    response = nurse.get(LIST)

    assert names(response) == ["Review", "Was stop"]
    assert "was stop" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("severity=crisis", ["Crisis"]),
        ("severity=stop", ["Stop"]),
        ("severity=none", ["Quiet"]),
        ("rule=SR-M3", ["Review"]),
        ("status=in-review", ["Review"]),
        ("assigned=me", ["Review"]),
        ("assigned=nobody", ["Crisis", "Stop", "Quiet"]),
        ("submitted=older", ["Stop"]),
        ("submitted=today", ["Crisis", "Review", "Quiet"]),
        ("submitted=7-days&severity=review", ["Review"]),
    ],
)
def test_worklist_filters(query, found):
    nurse = make_staff("nurse")
    client = sign_in(Client(), nurse)
    named("Crisis", CRISIS)
    named("Stop", STOP, now=timezone.now() - timedelta(days=40))
    named("Quiet")
    assign(named("Review", REVIEW), nurse, nurse)

    response = client.get(f"{LIST}?{query}")

    assert names(response) == found
    assert actions()[-1] == ("submission.filter", "submission")


def queries_of_the_list(client):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(LIST)
    return len(queries), len(response.context["rows"])


@pytest.mark.parametrize("group", ["nurse", "clinician", "front desk"])
def test_worklist_asks_the_same_number_of_queries_at_1_and_30_rows(client, group):
    user = make_staff(group)
    sign_in(client, user)
    nurse = make_staff("nurse", "assigned")
    assign(named("First", {**STOP, **REVIEW, **NOTE}), nurse, nurse)
    queries_of_the_list(client)  # the first row of an audit trail costs two queries more
    at_one = queries_of_the_list(client)

    for number in range(29):
        assign(named(f"Person {number}", {**STOP, **REVIEW, **NOTE}), nurse, nurse)
        make_unfinished()

    assert queries_of_the_list(client) == (at_one[0], 30)
    assert at_one == (at_one[0], 1)


def test_front_desk_sees_contacts_oldest_first_and_nothing_clinical(front_desk):
    now = timezone.now()
    named("Second", now=now - timedelta(hours=1))
    named("Third", {**HIGH, **STOP})
    named("First", now=now - timedelta(days=1))
    make_unfinished()

    response = front_desk.get(LIST)

    assert names(response) == ["First", "Second", "Third"]
    page = response.content.decode()
    for word in ("crisis", "Crisis", "severity", "flag", "SR-", "Robin Unsent", "None open", "score"):
        assert word not in page, word
    assert "555 0100" in page
    assert "Sam Example" in page


@pytest.mark.parametrize(
    "query",
    [
        "severity=crisis",
        "rule=SR-M1",
        "o=1",
        "o=severity",
        "flags__rule=SR-M1",
        "severity__exact=4",
        "work_item__rank=1",
        "work_item__worst_unresolved=4",
        "answers__icontains=yes",
        "q=Example",
        "status=nonsense",
        "all=1",
    ],
)
def test_front_desk_is_refused_other_filters_and_orders_typed_into_the_address(front_desk, query):
    named("Third", {**HIGH, **STOP})

    response = front_desk.get(f"{LIST}?{query}")

    assert response.status_code == 400
    assert actions()[-1] == ("access.refused", "submission:list")


@pytest.mark.parametrize("query", ["o=1", "answers__icontains=yes", "q=Example", "severity=worst", "rule=SR-NOPE"])
def test_worklist_refuses_what_is_not_its_filter(nurse, query):
    named("Third", STOP)

    assert nurse.get(f"{LIST}?{query}").status_code == 400


def break_answers():
    """Make every sealed column that the front desk has no business with impossible to open."""
    with connection.cursor() as cursor:
        for column in ("answers", "computed", "record"):
            cursor.execute(f"UPDATE intake_submission SET {column} = %s", [b"\x01broken"])  # noqa: S608
        cursor.execute("UPDATE intake_flag SET evidence = %s", [b"\x01broken"])


def test_front_desks_pages_open_no_answers(table_owner, front_desk):
    submission = named("Whole Name", STOP)
    break_answers()

    for address in (LIST, reverse("admin:intake_submission_page", args=[submission.pk])):
        response = front_desk.get(address)
        assert response.status_code == 200
        assert "Whole Name" in response.content.decode()


def test_worklist_opens_no_answers(table_owner, nurse):
    named("Whole Name", STOP)
    break_answers()

    assert names(nurse.get(LIST)) == ["Whole Name"]


def test_unfinished_forms_stand_above_the_list_with_name_telephone_and_rules(nurse):
    make_unfinished(("SR-C1", "SR-C2"))

    page = nurse.get(LIST).content.decode()

    for words in ("Robin Unsent", "555 0177", "SR-C1, SR-C2", "Not opened by anyone yet"):
        assert words in page


def test_unfinished_form_is_opened_by_post_and_says_by_whom(nurse):
    form = make_unfinished()
    address = reverse("admin:intake_unfinishedform_page", args=[form.pk])

    nurse.get(address)
    form.refresh_from_db()
    assert form.opened_by is None

    page = nurse.post(address, follow=True).content.decode()

    assert "by nurse" in page
    definition = form.version.definition()
    assert definition.rules["SR-C2"].reason in page
    assert [action for action, _ in actions()][-2:] == ["unfinished.open", "unfinished.read"]
    assert "Close this unfinished form" not in page
    assert "Opened by nurse" in nurse.get(LIST).content.decode()


def test_unfinished_form_is_closed_by_a_clinician_with_a_reason():
    client = sign_in(Client(), make_staff("clinician"))
    form = make_unfinished()
    address = reverse("admin:intake_unfinishedform_page", args=[form.pk])

    refused = client.post(address, {"action": "close", "reason": " "})
    assert "Say why it can be closed." in refused.content.decode()
    client.post(address, {"action": "close", "reason": "Spoke with Robin, safe at home."})

    form.refresh_from_db()
    assert form.closed_reason == "Spoke with Robin, safe at home."
    assert "Robin Unsent" not in client.get(LIST).content.decode()


def test_find_by_name_keeps_it_out_of_address_session_and_audit_trail(nurse):
    wanted = named("Zoë O’Hara-Núñez")
    named("Zoe Ohara")

    response = nurse.post(f"{LIST}find/", {"name": "zoe ohara nun"})
    assert response.url == LIST  # whole names only
    assert names(nurse.get(LIST)) == []
    response = nurse.post(f"{LIST}find/", {"name": "  ZOE   O'HARANUNEZ "})

    assert (response.status_code, response.url) == (302, LIST)
    assert names(nurse.get(LIST)) == [wanted.identity["legal-name"]]
    assert nurse.session["found_submissions"] == [str(wanted.pk)]
    assert actions()[-2:] == [("submission.search", "submission"), ("submission.list", "submission")]
    for entry in AuditEntry.objects.all():
        assert "ohara" not in f"{entry.subject}{entry.action}{entry.actor}".lower()


def test_find_by_name_and_birth_date(nurse):
    named("Ana Same", {"date-of-birth": "1980-04-25"})
    wanted = named("Ana Same", {"date-of-birth": "1990-04-25"})

    for typed in ("1990-04-25", "04/25/1990"):
        nurse.post(f"{LIST}find/", {"name": "Ana Same", "birth_date": typed})
        assert [row.submission for row in nurse.get(LIST).context["rows"]] == [wanted]


def test_find_by_reference_in_any_writing(nurse):
    wanted = named("Ana")
    named("Ben")

    reference = f"{wanted.reference[:4]} {wanted.reference[4:].lower()}"
    nurse.post(f"{LIST}find/", {"reference": reference})

    assert names(nurse.get(LIST)) == ["Ana"]


def test_find_says_what_was_found_and_shows_all_again(nurse):
    named("Ana")
    named("Ben")
    nurse.post(f"{LIST}find/", {"name": "Nobody Here"})
    assert "Nobody was found" in nurse.get(LIST).content.decode()
    nurse.post(f"{LIST}find/", {"name": "Ana"})
    assert "Showing 1 found form." in nurse.get(LIST).content.decode()

    nurse.post(f"{LIST}show-all/")

    assert names(nurse.get(LIST)) == ["Ana", "Ben"]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({}, "Enter a reference or a name."),
        ({"birth_date": "1990-04-25"}, "Enter the name too."),
        ({"reference": "ABC"}, "A reference has 8 letters and numbers"),
        ({"name": "Ana", "birth_date": "soon"}, "Enter a date such as 04/25/1980."),
    ],
)
def test_find_says_what_to_type_and_keeps_what_was_typed(nurse, typed, message):
    response = nurse.post(f"{LIST}find/", typed)

    page = response.content.decode()
    assert message in page
    assert "<title>Error:" in page
    assert all(f'value="{value}"' in page for value in typed.values())
    assert "submission.search" not in [action for action, _ in actions()]


def test_find_works_for_the_front_desk(front_desk):
    named("Ana", STOP)
    named("Ben")

    front_desk.post(f"{LIST}find/", {"name": "Ana"})

    assert names(front_desk.get(LIST)) == ["Ana"]


def test_find_and_show_all_take_no_get(nurse):
    assert nurse.get(f"{LIST}find/").status_code == 405
    assert nurse.get(f"{LIST}show-all/").status_code == 405
    assert nurse.post(LIST).status_code == 405


def test_worklist_pages(nurse, monkeypatch):
    monkeypatch.setattr("intake.review.worklist.PAGE_SIZE", 2)
    for number in range(3):
        named(f"Person {number}", STOP)

    first = nurse.get(f"{LIST}?severity=stop")

    assert names(first) == ["Person 0", "Person 1"]
    assert 'href="?severity=stop&amp;page=2"' in first.content.decode()
    assert names(nurse.get(f"{LIST}?severity=stop&page=2")) == ["Person 2"]


def test_worklist_records_the_read_before_the_page_is_made(nurse):
    named("Ana", {"bp-systolic": mmhg(185)})

    nurse.get(LIST)

    assert actions() == [("submission.list", "submission")]


def test_worklist_shows_nothing_when_the_audit_row_cannot_be_written(nurse):
    named("Ana")
    AuditEntry.objects.create(position=1, at=timezone.now(), action="x", mac="x")  # position 1 is taken

    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        nurse.get(LIST)


def test_work_items_stand_one_to_one_with_submissions():
    named("Ana")
    named("Ben")

    assert Submission.objects.count() == WorkItem.objects.count() == 2


def test_a_search_does_not_stick_and_hide_a_crisis(nurse):
    make_submission({"phq9-q9": SEVERAL_DAYS})
    nurse.post(f"{LIST}find/", {"name": "Nobody Here"})

    assert names(nurse.get(LIST)) == []
    assert len(names(nurse.get(LIST))) == 1
    assert len(names(nurse.get(f"{LIST}?severity=crisis"))) == 1


@pytest.mark.parametrize("typed", ["-", "''", "\u200b"])
def test_a_search_for_no_letter_finds_nobody(nurse, typed):
    make_submission({"legal-name": "王芳"})
    make_submission({"legal-name": "—"})

    page = nurse.post(reverse("admin:intake_submission_find"), {"name": typed}, follow=True)

    assert "王芳" not in page.content.decode()


def test_a_name_is_found_as_another_types_it(nurse):
    make_submission({"legal-name": "Anne-Marie O'Brien"})

    page = nurse.post(reverse("admin:intake_submission_find"), {"name": "anne marie o brien"}, follow=True)

    assert "Anne-Marie" in page.content.decode()
