import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape

from clinic.audit.binding import broken_bindings
from clinic.models import AuditEntry, Clinic
from intake.models import Contact, Submission, WorkItem
from intake.review.actions import assign
from intake.review.deciding import decide
from intake.review.reasons import read_reason
from intake.review.settling import resolve_flag
from intake.review.worklist import Tab, Worklist
from tests.intake.cases import SEVERAL_DAYS, mmhg
from tests.intake.submissions import make_staff, make_submission, make_unfinished
from tests.signing_in import sign_in

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
    entries = AuditEntry.objects.exclude(action__in=("submission.arrive", "questionnaire.publish")).order_by("position")
    return list(entries.values_list("action", "subject"))


def test_admin_lands_on_the_worklist(nurse):
    assert nurse.get("/admin/").url == LIST


def test_no_list_reads_a_whole_table_to_draw_its_filters(client):
    owner = sign_in(client, make_staff("owner", "owner-1"))
    make_submission(EMERGENCY)
    asked = {}
    for path in (LIST, "/admin/clinic/auditentry/"):
        assert owner.get(path).status_code == 200
        with CaptureQueriesContext(connection) as queries:
            owner.get(path)
        asked[path] = [query["sql"] for query in queries]

    grow = re.compile(r"(SELECT DISTINCT|COUNT\().*(intake_flag|intake_submission|clinic_auditentry)")
    trail = owner.get("/admin/clinic/auditentry/").context["cl"]
    assert AuditEntry.objects.count() - trail.result_count in (0, 1)  # the reading itself is a row
    assert all(asked.values())
    assert [sql for found in asked.values() for sql in found if grow.search(sql) and "LIMIT" not in sql] == []


def test_worklist_is_worst_first_in_the_dossiers_order_then_oldest_and_done_stands_apart(nurse):
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
    ]
    assert names(nurse.get(f"{LIST}?tab=done")) == ["Closed emergency"]


def test_worklist_falls_to_what_is_still_open_when_a_flag_is_resolved(nurse):
    submission = named("Was stop", {**STOP, **NOTE})
    named("Review", REVIEW)
    clinician = make_staff("clinician")
    resolve_flag(submission.flags.get(rule="SR-M1"), by=clinician, outcome="mistake", reason="Latex.")

    response = nurse.get(LIST)

    assert names(response) == ["Review", "Was stop"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("severity=crisis", ["Crisis"]),
        ("severity=stop", ["Stop"]),
        ("severity=none", ["Quiet"]),
        ("rule=SR-M3", ["Review"]),
        ("tab=mine&severity=review", ["Review"]),
        ("tab=nobody&submitted=today", ["Crisis", "Quiet"]),
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


def break_answers(*, everything: bool):
    """Make every sealed column that the front desk has no business with impossible to open."""
    with connection.cursor() as cursor:
        for column in ("answers", "computed", "record"):
            cursor.execute(f"UPDATE intake_submissioncontent SET {column} = %s", [b"\x01broken"])  # noqa: S608
        if everything:
            cursor.execute("UPDATE intake_sealedpart SET value = %s", [b"\x01broken"])


def test_front_desks_pages_open_no_answers(front_desk):
    submission = named("Whole Name", STOP)
    break_answers(everything=True)

    for address in (LIST, reverse("admin:intake_submission_page", args=[submission.pk])):
        response = front_desk.get(address)
        assert response.status_code == 200
        assert "Whole Name" in response.content.decode()


def test_worklist_opens_no_answers(nurse):
    named("Whole Name", STOP)
    break_answers(everything=False)

    assert names(nurse.get(LIST)) == ["Whole Name"]


def test_unfinished_forms_stand_in_the_list_with_name_telephone_and_why(nurse):
    named("Emergency", EMERGENCY)
    named("Stop", STOP)
    form = make_unfinished(("SR-C1", "SR-C2"))

    response = nurse.get(LIST)

    page = response.content.decode()
    assert names(response) == ["Emergency", "Robin Unsent", "Stop"]
    for words in ("555 0177", read_reason(form.version.definition(), "SR-C2").what, "Not opened yet"):
        assert escape(words) in page
    assert names(nurse.get(f"{LIST}?severity=stop")) == ["Stop"]


def test_unfinished_forms_of_one_name_and_number_fold_into_one_row(nurse):
    same = {"name": "Robin Unsent", "phone": "+15035550177"}
    forms = [make_unfinished(contact=same) for _ in range(3)]
    for contact in (
        {**same, "name": "Robin Other"},
        {**same, "phone": "+15035550178"},
        {"name": "Robin Unsent"},
        {},
        {},
    ):
        make_unfinished(contact=contact)

    response = nurse.get(LIST)

    rows = response.context["rows"]
    assert [len(row.others) for row in rows] == [2, 0, 0, 0, 0, 0]
    assert "2 more forms<" in response.content.decode()
    for form in forms:
        assert reverse("admin:intake_unfinishedform_page", args=[form.pk]) in response.content.decode()


def test_telephones_are_shown_as_people_write_them(nurse):
    make_unfinished(contact={"name": "Robin Unsent", "phone": "+15035550177"})
    call_command("make_demo_submissions", 1, verbosity=0)

    page = nurse.get(LIST).content.decode()
    desk = sign_in(Client(), make_staff("front desk")).get(LIST).content.decode()

    assert "(503) 555-0177" in page
    assert not re.search(r">\s*\+1\d", page + desk)
    assert re.search(r"\(\d{3}\) \d{3}-\d{4}</a>", desk)


def test_unfinished_form_is_opened_by_post_and_says_by_whom(nurse):
    form = make_unfinished()
    address = reverse("admin:intake_unfinishedform_page", args=[form.pk])

    nurse.get(address)
    form.refresh_from_db()
    assert form.opened_by is None

    page = nurse.post(address, follow=True).content.decode()

    assert "by nurse" in page
    definition = form.version.definition()
    reason = read_reason(definition, "SR-C2")
    assert all(words in page for words in (reason.what, reason.why, reason.do))
    assert [action for action, _ in actions()][-2:] == ["unfinished.open", "unfinished.read"]
    assert "Close this unfinished form" not in page
    assert [row.opened_by for row in nurse.get(LIST).context["rows"]] == ["nurse"]


def test_a_contact_is_logged_on_an_unfinished_form_and_the_row_says_so(nurse):
    form = make_unfinished()
    address = reverse("admin:intake_unfinishedform_page", args=[form.pk])
    typed = {"action": "contact", "contact-means": "call", "contact-text": "Asked <Robin> to call back."}

    refused = nurse.post(address, typed).content.decode()
    assert "Choose what came of it." in refused
    assert escape(typed["contact-text"]) in refused
    page = nurse.post(address, {**typed, "contact-reached": "message-left"}, follow=True).content.decode()

    assert "Call: Message left" in page
    assert escape(typed["contact-text"]) in page
    contact = Contact.objects.get()
    assert (contact.unfinished, contact.submission, contact.is_clinical) == (form, None, True)
    assert [action for action, _ in actions()][-2:] == ["unfinished.contact", "unfinished.read"]
    assert list(broken_bindings()) == []
    with CaptureQueriesContext(connection) as queries:
        listed = nurse.get(LIST)
    at = date_format(timezone.localtime(contact.at, ZoneInfo(Clinic.current().time_zone)), "TIME_FORMAT")
    assert listed.context["rows"][0].tried == f"Message left {at}, nurse"
    assert "Opened" in listed.content.decode()
    assert not [query for query in queries if "intake_sealedpart" in query["sql"]]


def test_no_contact_is_logged_on_an_unfinished_form_that_was_closed_or_sent(nurse):
    form = make_unfinished(settled_at=timezone.now(), reference="ABCDEFGH")
    address = reverse("admin:intake_unfinishedform_page", args=[form.pk])

    page = nurse.post(address, {"action": "contact", "contact-reached": "reached", "contact-means": "call"})

    assert "The form was sent meanwhile: see submission ABCDEFGH." in page.content.decode()
    assert not Contact.objects.exists()
    assert [action for action, _ in actions()][-2:] == ["unfinished.contact.refused", "unfinished.read"]


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
    named("Zoe Oharan")

    response = nurse.post(f"{LIST}find/", {"name": "  ZOE   O'HARA NUNEZ "})

    assert (response.status_code, response.url) == (302, LIST)
    assert names(nurse.get(LIST)) == [wanted.identity["legal-name"]]
    assert [kind for kind, _hash in nurse.session["search"]] == ["name", "last"]
    assert "zoe" not in str(dict(nurse.session)).lower()
    assert actions()[-2:] == [("submission.search", "submission"), ("submission.list", "submission")]
    for entry in AuditEntry.objects.all():
        assert "ohara" not in f"{entry.subject}{entry.action}{entry.actor}".lower()


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Anne-Marie Smith-Jones", "Anne Marie Smith Jones"),
        ("Anne-Marie Smith-Jones", "smith jones"),
        ("Anne-Marie Smith-Jones", "Jones"),
        ("Sean O'Brien", "Sean O Brien"),
        ("Sean O'Brien", "obrien"),
        ("Łukasz Nowak", "Lukasz Nowak"),
        ("María de la Cruz", "De La Cruz"),
        ("John Smith Jr.", "smith"),
        ("राम कुमार", "राम कुमार"),
    ],
)
def test_find_a_name_typed_another_way(nurse, name, typed):
    wanted = named(name)
    named("Somebody Else")

    nurse.post(f"{LIST}find/", {"name": typed})

    assert names(nurse.get(LIST)) == [wanted.identity["legal-name"]]


@pytest.mark.parametrize(("name", "typed"), [("राम", "रमा"), ("かとう", "がとう")])
def test_find_keeps_names_of_other_scripts_apart(nurse, name, typed):
    named(name)

    nurse.post(f"{LIST}find/", {"name": typed})

    assert names(nurse.get(LIST)) == []


@pytest.mark.parametrize(
    "typed",
    [
        {"phone_end": "0143", "name": "Phone"},
        {"phone_end": "0143", "birth_date": "1990-04-25"},
        {"name": "Phone", "birth_date": "1990-04-25"},
    ],
)
def test_find_by_two_things_that_are_known(nurse, typed):
    wanted = {"date-of-birth": "1990-04-25", "phone-number": "(202) 555-0143"}
    named("Ana Phone", wanted)
    named("Ben Phone", {**wanted, "phone-number": "(202) 555-0144", "date-of-birth": "1990-04-26"})

    nurse.post(f"{LIST}find/", typed)

    assert names(nurse.get(LIST)) == ["Ana Phone"]


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
    assert "Showing what was found" in nurse.get(LIST).content.decode()

    nurse.post(f"{LIST}show-all/")

    assert names(nurse.get(LIST)) == ["Ana", "Ben"]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({}, "Enter a reference or a name."),
        ({"birth_date": "1990-04-25"}, "Enter the name too."),
        ({"reference": "ABC"}, "A reference has 8 letters and numbers"),
        ({"name": "-"}, "Enter a name with letters."),
        ({"name": "Ana", "phone_end": "55-1"}, "Enter four digits."),
        ({"phone_end": "5510"}, "Enter the name too."),
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


@pytest.mark.parametrize("query", ["", "tab=open&severity=stop", "tab=nobody"])
def test_worklist_pages_go_on_where_the_last_one_ended(nurse, monkeypatch, query):
    monkeypatch.setattr("intake.review.worklist.PAGE_SIZE", 2)
    at = timezone.now()
    for number in range(5):
        named(f"Person {number}", STOP, now=at if number < 3 else at + timedelta(minutes=number))

    seen, address = [], f"{LIST}?{query}"
    while address:
        response = nurse.get(address)
        seen.append(names(response))
        more = response.context["has_more"]
        address = f"{LIST}?{query}&after={response.context['last']}" if more else ""

    assert [len(page) for page in seen] == [2, 2, 1]
    assert {name for page in seen for name in page} == {f"Person {number}" for number in range(5)}
    assert (seen[1][1], seen[2][0]) == ("Person 3", "Person 4")


def test_pages_go_through_sent_and_unfinished_forms_as_one_list(nurse, monkeypatch):
    monkeypatch.setattr("intake.review.worklist.PAGE_SIZE", 2)
    named("Emergency", EMERGENCY)
    named("Stop", STOP)
    make_unfinished(contact={"name": "First unsent", "phone": ""})
    make_unfinished(contact={"name": "Second unsent", "phone": ""})

    first = nurse.get(LIST)
    second = nurse.get(f"{LIST}?after={first.context['last']}")

    assert (names(first), names(second)) == (["Emergency", "First unsent"], ["Second unsent", "Stop"])


@pytest.mark.parametrize("tab", list(Tab))
def test_no_part_of_the_list_scans_the_table(tab):
    """Every page and every count reads a range of an index: a million rows make no difference then."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # or it reads a small table whole, whatever index there is
            cursor.execute("SET LOCAL enable_seqscan = off")
    part = Worklist(make_staff("nurse"), is_clinical=True, tab=tab)

    plans = [
        plan
        for stream in part.streams()
        for plan in (stream.rows.order_by(*stream.order)[:51].explain(), stream.rows.order_by()[:101].explain())
    ]

    assert plans
    for plan in plans:
        assert "SCAN intake_workitem" not in plan, plan
        assert "Seq Scan on intake_workitem" not in plan, plan


def test_done_is_newest_first_and_pages_too(nurse, monkeypatch):
    monkeypatch.setattr("intake.review.worklist.PAGE_SIZE", 2)
    clinician = make_staff("clinician")
    for number in range(3):
        decide(named(f"Person {number}"), by=clinician, decision="not-suitable", reason="No.")

    first = nurse.get(f"{LIST}?tab=done")
    second = nurse.get(f"{LIST}?tab=done&after={first.context['last']}")

    assert (names(first), names(second)) == (["Person 2", "Person 1"], ["Person 0"])


def test_tabs_count_exactly_to_a_hundred(nurse):
    for _ in range(3):
        named("Ana", REVIEW)
    make_unfinished()
    work = WorkItem.objects.select_related("submission").first()
    decide(work.submission, by=make_staff("clinician"), decision="more-information", reason="Which?")

    counts = {tab.value: count for tab, count in nurse.get(LIST).context["tabs"]}

    assert counts == {"open": "4", "mine": "0", "nobody": "4", "waiting": "1", "later": "0", "done": "0"}


def test_a_delayed_form_comes_back_on_its_day(nurse):
    submission = named("Later", REVIEW)
    due = Clinic.current().today() + timedelta(days=2)
    decide(submission, by=make_staff("clinician"), decision="delayed", reason="Flu.", delayed_until=due)
    assert names(nurse.get(LIST)) == []
    assert names(nurse.get(f"{LIST}?tab=later")) == ["Later"]

    work = WorkItem.objects.get()
    work.refresh(due)

    assert (work.status, work.is_open) == ("due", True)
    assert names(nurse.get(LIST)) == ["Later"]


def test_the_list_itself_wakes_what_is_due(nurse, table_owner):
    named("Later", REVIEW)
    submission = Submission.objects.get()
    tomorrow = Clinic.current().today() + timedelta(days=1)
    decide(submission, by=make_staff("clinician"), decision="could-not-reach", reason="x", delayed_until=tomorrow)
    review = submission.reviews.get()
    today = Clinic.current().today()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_review SET delayed_until = %s", [today])
        cursor.execute("UPDATE intake_workitem SET due_on = %s", [today])

    assert names(nurse.get(LIST)) == ["Later"]
    assert review.decision == "could-not-reach"


def test_a_page_that_refreshes_itself_writes_one_row_an_hour_and_is_nobody_at_work(nurse):
    token = nurse.get(LIST).context["refresh"]
    until = Session.objects.get().expire_date

    for _ in range(3):
        response = nurse.get(LIST, {"refresh": token})
        assert response.context["refresh"] == token

    assert [action for action, _subject in actions()] == ["submission.list"]
    assert Session.objects.get().expire_date == until
    nurse.get(LIST, {"refresh": "made-up"})
    assert [action for action, _subject in actions()] == ["submission.list", "submission.list"]


def test_worklist_records_the_read_before_the_page_is_made(nurse):
    named("Ana", {"bp-systolic": mmhg(185)})

    nurse.get(LIST)

    assert actions() == [("submission.list", "submission")]


def test_worklist_shows_nothing_when_the_audit_row_cannot_be_written(nurse):
    named("Ana")
    taken = AuditEntry.objects.count() + 1
    AuditEntry.objects.create(position=taken, at=timezone.now(), action="x", mac="x")

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


def test_a_person_is_not_found_by_trying_birth_dates(front_desk):
    make_submission({"legal-name": "Ana Same", "birth-date": "1990-04-25"})
    for day in range(1, 11):
        front_desk.post(f"{LIST}find/", {"name": "Ana Same", "birth_date": f"1980-01-{day:02}"})

    page = front_desk.post(f"{LIST}find/", {"name": "Ana Same", "birth_date": "1990-04-25"})

    assert page.status_code != 302
    assert "minutes" in page.content.decode()
