from datetime import timedelta
from io import StringIO
from threading import Thread

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEntry, AuditHead, Clinic
from education.documents.files import Document
from education.documents.load import load_folder
from education.documents.places import placed
from education.documents.problems import Problem
from education.documents.revisions import write_draft
from education.documents.rows import document_from, save_document
from education.models import Claim, FaqEntry, Page, Revision, State
from education.staff.review import (
    RevisionError,
    approve,
    ask_for_review,
    discard,
    propose_removal,
    publish,
    publish_due,
    roll_back,
)
from tests.education.folders import REFERENCE, TERM, claim, faq, figure, page, write_tree
from tests.signing_in import sign_in as sign_in_as


@pytest.fixture
def small(db, tmp_path):
    load_folder(write_tree(tmp_path), "en")
    return tmp_path


def person(name, *permissions):
    user = get_user_model().objects.create_user(name, password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


@pytest.fixture
def editor(small):
    return person("ed", "view_page", "change_page")


@pytest.fixture
def clinician(small):
    return person("cleo", "view_page", "sign_off_page")


def sign_in(client, user):
    sign_in_as(client, user)


def draft(author, **changes):
    found = document_from(Page.objects.get())
    body = changes.pop("body", found.body)
    new = type(found)(found.kind, found.name, found.meta | changes, body)
    return write_draft(new, "en", author)


def approved_page(editor, clinician):
    revision = draft(editor, answer="The first answer.")
    approve(revision, clinician, Clinic.current())
    publish(revision, editor, Clinic.current())
    return Page.objects.get()


def shown(client):
    return client.get("/learn/what-it-is/").content.decode()


def test_files_make_revisions_that_are_public_and_not_reviewed(small, client):
    revision = Revision.objects.get(content_key="pages/what-it-is")

    assert (revision.state, revision.author, revision.approved_at) == (State.PUBLISHED, None, None)
    assert revision.text == document_from(Page.objects.get()).text
    assert "Not yet reviewed" in shown(client)


def test_a_draft_is_not_seen_by_patients_until_it_is_published(editor, client):
    revision = draft(editor, answer="New words.")
    assert "New words." not in shown(client)

    publish(revision, editor, Clinic.current())

    assert "New words." in shown(client)
    assert list(Revision.objects.of("en", "pages/what-it-is").values_list("state", flat=True)) == [
        "published",
        "retired",
    ]


def test_an_approval_puts_the_name_and_the_day_on_the_page(editor, clinician, client):
    approved_page(editor, clinician)

    text = shown(client)

    assert "The first answer." in text
    assert "cleo" in text


def test_whoever_wrote_a_revision_cannot_approve_it(small):
    both = person("both", "view_page", "change_page", "sign_off_page")

    with pytest.raises(RevisionError, match="Whoever wrote"):
        approve(draft(both, answer="Mine."), both, Clinic.current())


def test_whoever_wrote_before_the_last_hand_cannot_approve_it_either(editor):
    both = person("both", "view_page", "change_page", "sign_off_page")
    draft(both, answer="Mine.")
    revision = draft(editor, answer="Mine, with a comma.")

    with pytest.raises(RevisionError, match="Whoever wrote"):
        approve(revision, both, Clinic.current())


def test_whoever_wrote_in_public_what_a_page_shows_cannot_approve_the_page(editor, clinician, whole):
    Clinic(pk=1, publish_only_approved=False).save()
    both = person("both", "change_claim", "sign_off_page")
    publish(write_draft(claim(statement="Mine."), "en", both), both, Clinic.current())
    public = Revision.objects.get(content_key="pages/what-it-is", state=State.PUBLISHED)

    with pytest.raises(RevisionError, match="Whoever wrote"):
        approve(public, both, Clinic.current())
    approve(public, clinician, Clinic.current())


def test_an_editor_does_not_approve(editor):
    with pytest.raises(RevisionError, match="Only a clinician"):
        approve(draft(None, answer="New."), editor, Clinic.current())


def test_after_the_first_approval_only_approved_revisions_are_published(editor, clinician, client):
    approved_page(editor, clinician)
    revision = draft(editor, answer="You may drive at once.")

    with pytest.raises(RevisionError, match="another person has approved"):
        publish(revision, editor, Clinic.current())

    assert "You may drive at once." not in shown(client)
    assert "cleo" in shown(client)


HELP = "## Now {#now}\n\nSo {claim GAP-12}\n\n## E {#emergency}\n\nCall.\n\n## T {#talk}\n\nTalk."


def test_the_help_page_never_waits(db, tmp_path):
    def help_page(answer):
        return Document("pages", "get-help-now", page(answer=answer).meta, HELP)

    gap = Document("claims", "gap-12", claim(id="GAP-12").meta, "Evidence.")
    load_folder(write_tree(tmp_path, gap, help_page("Call.")), "en")
    ed, cleo = person("ed", "change_page"), person("cleo", "sign_off_page")
    first = write_draft(help_page("Call 988."), "en", ed)
    approve(first, cleo, Clinic.current())
    publish(first, ed, Clinic.current())

    publish(write_draft(help_page("Call or text 988."), "en", ed), ed, Clinic.current())

    assert Page.objects.get(slug="get-help-now").answer == "Call or text 988."


def test_a_lone_owner_publishes_with_a_reason(editor, clinician):
    approved_page(editor, clinician)
    get_user_model().objects.filter(pk=clinician.pk).update(is_active=False)
    owner = person("olga", "change_page", "change_clinic")
    revision = draft(owner, answer="Urgent words.")

    with pytest.raises(RevisionError, match="Say why"):
        publish(revision, owner, Clinic.current())
    publish(revision, owner, Clinic.current(), reason="A wrong number stood there.")

    assert Page.objects.get().answer == "Urgent words."
    assert Revision.objects.get(pk=revision.pk).unapproved_reason == "A wrong number stood there."


def test_a_revision_is_published_at_its_time(editor):
    revision = draft(editor, answer="Later words.")
    publish(revision, editor, Clinic.current(), at=timezone.now() + timedelta(hours=1))
    assert publish_due(Clinic.current()) == []
    assert Page.objects.get().answer == "It is a drip."

    Revision.objects.filter(pk=revision.pk).update(publish_at=timezone.now() - timedelta(minutes=1))

    assert [found.pk for found in publish_due(Clinic.current())] == [revision.pk]
    assert Page.objects.get().answer == "Later words."


def test_a_time_given_before_the_first_approval_does_not_go_round_it(editor, clinician):
    revision = draft(editor, answer="Later words.")
    publish(revision, editor, Clinic.current(), at=timezone.now() + timedelta(hours=1))
    approve(Revision.objects.get(content_key="pages/what-it-is", state=State.PUBLISHED), clinician, Clinic.current())
    Revision.objects.filter(pk=revision.pk).update(publish_at=timezone.now())

    assert publish_due(Clinic.current()) == []
    approve(Revision.objects.get(pk=revision.pk), clinician, Clinic.current())

    assert [found.pk for found in publish_due(Clinic.current())] == [revision.pk]


def test_a_reason_for_no_approval_holds_until_the_time_that_was_given(editor, clinician):
    approved_page(editor, clinician)
    get_user_model().objects.filter(pk=clinician.pk).update(is_active=False)
    owner = person("olga", "change_page", "change_clinic")
    revision, later = draft(owner, answer="Urgent words."), timezone.now() + timedelta(hours=1)
    publish(revision, owner, Clinic.current(), at=later, reason="A wrong number stood there.")
    Revision.objects.filter(pk=revision.pk).update(publish_at=timezone.now())

    assert [found.pk for found in publish_due(Clinic.current())] == [revision.pk]


def test_an_earlier_text_comes_back_as_a_draft(editor):
    first = Revision.objects.get(content_key="pages/what-it-is")
    publish(draft(editor, answer="Worse words."), editor, Clinic.current())

    publish(roll_back(first, editor), editor, Clinic.current())

    assert Page.objects.get().answer == "It is a drip."


def test_an_earlier_text_without_what_others_came_to_rest_on_is_not_published(editor):
    """Nor one that leads to what is gone: it was right when it was written."""
    first = Revision.objects.get(content_key="pages/what-it-is")
    body = "## Basics {#basics}\n\nSee [this](faq:faq-02). {claim IV-01}"
    linking = draft(editor, answer="Linking.", body=body)
    more = "## Basics {#basics}\n\nWords. {claim IV-01}\n\n## More {#more}\n\nWords."
    publish(draft(editor, body=more), editor, Clinic.current())
    save_document(faq(2, section="what-it-is#more"), "en")

    back = roll_back(first, editor)
    with pytest.raises(RevisionError, match=r"#more must stay\..*faq/faq-02"):
        publish(back, editor, Clinic.current())
    back.publish_at = timezone.now()
    back.save()
    assert publish_due(Clinic.current()) == []
    FaqEntry.objects.get(faq_id="FAQ-02").delete()
    with pytest.raises(RevisionError, match="faq:faq-02 leads nowhere"):
        publish(roll_back(linking, editor), editor, Clinic.current())
    assert "#more" in Page.objects.get().body


def test_a_changed_file_of_a_signed_page_is_a_draft(editor, clinician, small):
    approved_page(editor, clinician)
    Page.objects.update(edited_at=None)

    report = load_folder(write_tree(small, page(answer="The file says this.")), "en")
    again = load_folder(write_tree(small, page(answer="The file says this.")), "en")

    assert "pages/what-it-is" in report.kept
    assert "pages/what-it-is" in again.kept
    assert Page.objects.get().answer == "The first answer."
    assert [found.author for found in Revision.objects.open()] == [None]


WHOLE = """## Basics {#basics}

Words, [infusion](glossary:infusion). {claim IV-01}

{figure emergency-list}"""
PIECES = [
    claim(statement="You may drive at once."),
    figure(items=["turn blue"]),
    Document("references", "smith-2020", REFERENCE.meta | {"title": "Another trial"}, REFERENCE.body),
    Document("glossary", "infusion", TERM.meta, "A quick drip."),
    Document("faq", "faq-01", faq().meta, "Another answer."),
]
NEW = ["You may drive at once.", "turn blue", "Another trial", "A quick drip.", "Another answer."]
OLD = ["We say 1.", "pass out", "A trial", "A slow drip.", "Answer 1."]


def seen(client):
    """What readers see of the page and of the questions."""
    return shown(client) + client.get("/faq/").content.decode()


@pytest.fixture
def whole(editor, clinician, small):
    """A signed page that shows a claim, a figure, a source and a word."""
    load_folder(write_tree(small, page(body=WHOLE)), "en")
    approved_page(editor, clinician)
    return small


def test_what_an_approved_page_is_made_of_waits_for_an_approval_too(editor, clinician, whole, client):
    report = load_folder(write_tree(whole, page(body=WHOLE), *PIECES), "en")

    text = seen(client)
    assert [words in text for words in OLD] == [True] * 5
    assert not any(words in text for words in NEW)
    assert "Changed since" not in text
    assert len(report.kept) == 6

    for number, revision in enumerate(Revision.objects.open().exclude(content_key__startswith="pages/")):
        with pytest.raises(RevisionError, match="another person"):
            publish(revision, editor, Clinic.current())
        approve(revision, clinician, Clinic.current())
        publish(revision, editor, Clinic.current())
        assert sum(words in seen(client) for words in NEW) == number + 1

    assert "Changed since the review of" in shown(client)


def load_command(folder, *documents):
    """Load a whole tree with these documents in it, and take their files whatever was edited; what it printed."""
    output = StringIO()
    forced = (f"--overwrite={document.content_key}" for document in documents)
    call_command("load_content", write_tree(folder, *documents).parent, *forced, stdout=output)
    return output.getvalue()


def test_a_file_never_replaces_in_public_what_waits_for_an_approval(editor, clinician, whole, client):
    files = [*PIECES, page(body=WHOLE, answer="The file says this.")]
    for document in files:
        write_draft(Document(document.kind, document.name, document.meta, "## By Ed {#basics}"), "en", editor)

    printed = load_command(whole, *files)
    load_command(whole, *files)

    assert not any(words in seen(client) for words in [*NEW, "The file says this."])
    assert printed.count("waits for an approval, in place of any draft: ") == 6
    waiting = Revision.objects.open()
    assert {row.content_key: (row.state, row.author) for row in waiting} == {
        document.content_key: (State.WAITING, None) for document in files
    }
    assert Revision.objects.filter(author=editor, state=State.RETIRED, text__contains="By Ed").count() == 5
    for revision in waiting:
        approve(revision, clinician, Clinic.current())
        publish(revision, editor, Clinic.current())
    assert all(words in seen(client) for words in [*NEW, "The file says this."])
    assert "0 updated, 6 unchanged, 0 kept" in load_command(whole, *files)


def test_a_text_whose_file_is_gone_leaves_the_public_by_review(editor, clinician, whole, client):
    left = Document("glossary", "dose", TERM.meta | {"term": "dose"}, "How much.")
    load_folder(write_tree(whole, left, page(body=WHOLE)), "en")
    tree, keys = whole / "en", ["pages/what-it-is", "faq/faq-01", "claims/iv-01", "figures/emergency-list"]
    keys += ["references/smith-2020", "glossary/infusion"]
    for key in keys:
        next(tree.glob(f"{key}.*")).unlink()

    for _again in range(2):
        call_command("load_content", whole, stdout=StringIO())

    assert all(words in seen(client) for words in OLD)
    assert {row.content_key: (row.state, row.is_removal) for row in Revision.objects.open()} == dict.fromkeys(
        keys, (State.WAITING, True)
    )
    with pytest.raises(RevisionError, match="another person"):
        publish(Revision.objects.open().get(content_key="faq/faq-01"), editor, Clinic.current())
    for key in ["faq/faq-01", "pages/what-it-is", *keys[2:]]:
        revision = Revision.objects.open().get(content_key=key)
        approve(revision, clinician, Clinic.current())
        if key == "pages/what-it-is":
            assert client.get("/learn/what-it-is/").status_code == 200
        publish(revision, editor, Clinic.current())
    assert client.get("/learn/what-it-is/").status_code == 404
    assert "Answer 1." not in client.get("/faq/").content.decode()
    assert "A slow drip." not in client.get("/glossary/").content.decode()

    call_command("load_content", write_tree(whole).parent, stdout=StringIO())  # the files are back
    assert client.get("/learn/what-it-is/").status_code == 404
    assert Revision.objects.open().filter(state=State.DRAFT).count() == 6


def test_what_rests_on_a_text_holds_it_in_public(editor, clinician, whole):
    public = Revision.objects.get(content_key="claims/iv-01", state=State.PUBLISHED)
    propose_removal(public, editor)
    revision = Revision.objects.open().get()
    approve(revision, clinician, Clinic.current())

    with pytest.raises(RevisionError, match=r"needed by: faq/faq-01, pages/what-it-is#basics"):
        publish(revision, editor, Clinic.current())
    discard(revision)

    assert Claim.objects.get().is_published
    assert not Revision.objects.open().exists()


SHOWN_ON = [{"what-it-is", "second"}, {"what-it-is"}, {"what-it-is", "second"}, {"what-it-is"}, set()]


@pytest.mark.parametrize("number", range(5), ids=[piece.kind for piece in PIECES])
def test_each_page_that_shows_a_changed_piece_loses_its_stamp_and_no_other(clinician, whole, client, number):
    Clinic(pk=1, publish_only_approved=False).save()
    second = Document("pages", "second", page(title="Second", number=2).meta, "## S {#s}\n\nAlso {claim IV-01}")
    plain = Document("pages", "plain", page(title="Plain", number=3).meta, "## P {#p}\n\nWords alone.")
    load_folder(write_tree(whole, page(body=WHOLE), second, plain), "en")

    def sign() -> None:
        for revision in Revision.objects.filter(content_key__startswith="pages/", state=State.PUBLISHED):
            approve(revision, clinician, Clinic.current())

    def pages_that_say(words: str) -> set[str]:
        slugs = ("what-it-is", "second", "plain")
        return {slug for slug in slugs if words in client.get(f"/learn/{slug}/").content.decode()}

    sign()
    assert pages_that_say("by cleo") == {"what-it-is", "second", "plain"}

    load_folder(write_tree(whole, page(body=WHOLE), second, plain, PIECES[number]), "en")

    assert NEW[number] in seen(client)
    assert pages_that_say(NEW[number]) == pages_that_say("Changed since the review of") == SHOWN_ON[number]
    sign()
    assert pages_that_say("Changed since the review of") == set()


# In the admin ------------------------------------------------------------------------------------


def index(client):
    return client.get(reverse("admin:index"), {"all": ""}).content.decode()


def step(client, revision, verb, **data):
    """Do a step as the page of review, which is opened for it, offers it."""
    page = Page.objects.get()
    opened = client.get(reverse("admin:education_page_review", args=[page.pk]))
    url = reverse("admin:education_page_step", args=[page.pk, revision.pk, verb])
    return client.post(url, {"seen": opened.context["seen"]} | data, follow=True)


def opened_form(client, url):
    """What a browser would send of a form as it stands."""
    form = client.get(url).context["adminform"].form
    return {name: form[name].value() or "" for name in form.fields} | {"key_points": "One.\nTwo.", "references": ""}


def test_a_page_goes_from_draft_through_review_to_the_public(editor, clinician, client):
    ask_for_review(draft(editor, answer="Reviewed words."))
    revision = Revision.objects.open().get()
    sign_in(client, clinician)
    page_of_review = reverse("admin:education_page_review", args=[Page.objects.get().pk])
    assert "+answer: Reviewed words." in client.get(page_of_review).content.decode()
    assert f'<a href="{page_of_review}">What is it?</a> draft waiting for review, ed' in index(client)
    opened = client.get(reverse("admin:education_page_change", args=[Page.objects.get().pk])).content.decode()
    assert "Approve: I have read the whole page below" in opened

    step(client, revision, "approve")
    sign_in(client, editor)
    step(client, revision, "publish")

    assert "Reviewed words." in shown(client)
    actions = list(AuditEntry.objects.filter(subject="page:what-it-is").values_list("action", flat=True))
    assert {"page.sign-off", "page.publish"} <= set(actions)


def test_a_page_in_public_is_signed_again_and_only_as_it_was_seen(editor, clinician, whole, client):
    Clinic(pk=1, publish_only_approved=False).save()
    load_folder(write_tree(whole, page(body=WHOLE), PIECES[0]), "en")
    sign_in(client, clinician)
    opened = client.get(reverse("admin:education_page_review", args=[Page.objects.get().pk]))
    assert "Approve: I have read the whole page below" in opened.content.decode()
    load_folder(write_tree(whole, page(body=WHOLE), *PIECES[:2]), "en")

    refused = step(client, opened.context["revision"], "approve", seen=opened.context["seen"]).content.decode()

    assert "It has changed since you opened it." in refused
    assert "turn blue" in refused
    assert "Changed since the review of" in shown(client)
    step(client, opened.context["revision"], "approve")
    assert "Changed since the review of" not in shown(client)


def test_a_step_without_an_audit_row_is_not_done(editor, clinician, client):
    revision = draft(editor, answer="New.")
    sign_in(client, editor)
    step(client, revision, "ask")
    sign_in(client, clinician)
    client.raise_request_exception = False
    AuditHead.objects.update(count=0)  # a position that is taken

    assert step(client, revision, "approve").status_code == 500

    revision.refresh_from_db()
    assert (revision.state, revision.approved_at) == (State.WAITING, None)


def test_who_saves_a_text_that_another_saved_meanwhile_is_told_once(editor, small, client):
    url, other = reverse("admin:education_page_change", args=[Page.objects.get().pk]), Client()
    sign_in(client, editor)
    sign_in(other, person("otto", "view_page", "change_page"))
    mine, theirs = opened_form(client, url), opened_form(other, url)
    other.post(url, theirs | {"answer": "Otto wrote.", "_continue": ""})

    told = client.post(url, mine | {"answer": "Ed wrote.", "_continue": ""})

    assert "otto saved this text after you opened it" in told.content.decode()
    assert "Otto wrote." in Revision.objects.open().get().text
    form = told.context["adminform"].form
    again = {name: form[name].value() or "" for name in form.fields} | {"_continue": ""}
    assert client.post(url, again).status_code == 302
    assert "Ed wrote." in Revision.objects.open().get().text


@pytest.mark.django_db(transaction=True)
def test_who_writes_a_first_draft_in_the_same_instant_as_another_is_told(small, client):
    editor, otto = (person(name, "view_page", "change_page") for name in ("ed", "otto"))
    Revision.objects.all().delete()
    url = reverse("admin:education_page_change", args=[Page.objects.get().pk])
    sign_in(client, editor)
    mine = opened_form(client, url) | {"based_on": "0"}

    def write_theirs():
        draft(otto, answer="Otto wrote.")
        connection.close()

    theirs = Thread(target=write_theirs)

    def after_theirs(execute, sql, *more):
        if sql.startswith('INSERT INTO "education_revision"') and not theirs.ident:
            theirs.start()
            theirs.join()
        return execute(sql, *more)

    if connection.vendor == "sqlite":  # has one writer at a time: theirs is in before this one looks
        theirs.start()
        theirs.join()
    with connection.execute_wrapper(after_theirs):
        told = client.post(url, mine | {"answer": "Ed wrote.", "_continue": ""}).content.decode()

    assert "otto saved this text after you opened it" in told
    assert "Ed wrote." in told
    assert "Otto wrote." in Revision.objects.open().get().text


@pytest.mark.parametrize(
    "at", ["9999-12-31 23:59", "2027-01-01T00:00:00+23:59", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"]
)
def test_a_time_that_no_clock_has_is_no_time_to_publish_at(editor, client, at):
    revision = draft(editor, answer="New.")
    sign_in(client, editor)

    answer = step(client, revision, "publish", at=at)

    assert "Enter a day and a time" in answer.content.decode()
    assert Revision.objects.open().get().publish_at is None


@pytest.mark.parametrize("number", ["9" * 20, "9" * 5000, "٣", "²", "-1", "x"])
def test_a_revision_that_cannot_be_is_not_previewed(clinician, client, number):
    sign_in(client, clinician)
    page = Page.objects.get()

    assert client.get(reverse("admin:education_page_preview", args=[page.pk]), {"revision": number}).status_code == 200
    assert client.get(f"/admin/education/page/{number}/change/").status_code in (302, 404)


def test_an_editor_cannot_approve_and_a_clinician_cannot_publish(editor, clinician, client):
    revision = draft(editor, answer="New.")
    sign_in(client, editor)
    refused = step(client, revision, "approve").status_code
    sign_in(client, clinician)

    assert (refused, step(client, revision, "publish").status_code) == (403, 403)
    assert Page.objects.get().answer == "It is a drip."


def test_preview_is_the_real_page_with_the_words_of_the_draft(editor, client):
    draft(editor, answer="Words to come.")
    sign_in(client, editor)

    response = client.get(reverse("admin:education_page_preview", args=[Page.objects.get().pk]))

    assert "Words to come." in response.content.decode()
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    assert "Words to come." not in shown(client)


def test_a_changed_claim_is_a_draft_in_the_admin_and_goes_the_way_of_a_page(editor, clinician, whole, client):
    editor.user_permissions.add(*Permission.objects.filter(codename__in=("view_claim", "change_claim")))
    clinician.user_permissions.add(Permission.objects.get(codename="view_claim"))
    found = Claim.objects.get()
    change, review, preview = (reverse(f"admin:education_claim_{name}", args=[found.pk]) for name in ADDRESSES)
    sign_in(client, editor)
    form = client.get(change).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields} | {"references": "SMITH-2020"}
    data |= {"statement": "New words here.", "reason": "A trial was read again."}

    typed = client.post(preview, data).content.decode()
    assert "New words here." in typed
    assert "Words, " in typed  # the page that shows it
    assert not Revision.objects.open().exists()

    assert client.post(change, data | {"_ask": ""}, follow=True).redirect_chain[-1][0] == review
    assert "New words here." not in shown(client)
    revision = Revision.objects.open().get()
    assert (revision.content_key, revision.state, revision.author) == ("claims/iv-01", State.WAITING, editor)
    sign_in(client, clinician)
    text = client.get(review).content.decode()
    assert "+statement: New words here." in text
    assert "What is it?" in text

    seen = client.get(review).context["seen"]
    client.post(reverse("admin:education_claim_step", args=[found.pk, revision.pk, "approve"]), {"seen": seen})
    sign_in(client, editor)
    client.post(reverse("admin:education_claim_step", args=[found.pk, revision.pk, "publish"]))

    assert "New words here." in shown(client)
    due = client.get(reverse("admin:education_page_changelist"), {"review": "overdue"}).context["cl"].result_list
    assert [row.slug for row in due] == ["what-it-is"]


ADDRESSES = ("change", "review", "preview")
CHECKED = (
    "See [here](https://example.org/x). This sentence goes on and on and never seems to end although it ought to have "
    "ended after twenty words at the very most. {claim IV-99}"
)


def test_preview_shows_what_is_typed_and_what_the_checks_say_of_it(editor, client):
    found = Page.objects.get()
    sign_in(client, editor)
    change, _review, preview = (reverse(f"admin:education_page_{name}", args=[found.pk]) for name in ADDRESSES)
    form = client.get(change).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields} | {"key_points": "One.\nTwo."}

    text = client.post(preview, data | {"body": f"## Basics {{#basics}}\n\n{CHECKED}"}).content.decode()

    assert "never seems to end" in text
    for words in ("1 error", "Text, line 3: There is no claim IV-99.", 'data-words="{claim IV-99}"', "aim for 20"):
        assert words in text, words
    for words in ('data-words="here"', "example.org", "<li>## Basics {#basics}</li>"):
        assert words in text, words
    broken = client.post(preview, data | {"body": "No section."})
    assert (broken.status_code, Revision.objects.open().count()) == (200, 0)
    assert "section" in broken.content.decode()


def test_a_new_page_is_seen_while_it_is_typed_and_kept_by_no_preview(editor, client):
    sign_in(client, editor)
    url = reverse("admin:education_page_new")
    assert client.get(url).status_code == 403
    editor.user_permissions.add(Permission.objects.get(codename="add_page"))

    data = page().meta | {"language": "en", "slug": "new", "title": "New?", "number": 2, "key_points": "One.\nTwo."}
    text = client.post(
        url, data | {"references": "", "reviewed_on": "", "body": "## A {#a}\n\nSo {claim IV-99}"}
    ).content

    assert b"<h1>New?</h1>" in text
    assert b"Text, line 3: There is no claim IV-99." in text
    assert client.get(url).status_code == 200
    assert Page.objects.count() == 1


TYPED = "## Basics {#basics}\n\nIt *may* [help](page:a#b) you. {claim IV-01} Wait {setting wait}.\n\nIt may help us."


@pytest.mark.parametrize(
    ("problem", "found"),
    [
        (Problem("body", "", "It may help you."), ("It *may* [help](page:a#b) you", 2)),
        (Problem("body", "", "It may help us.", 4), ("It may help us.", 4)),
        (Problem("body", "", "We say 1."), ("{claim IV-01}", 2)),
        (Problem("body", "", "](page:a#b)", 0), ("](page:a#b)", 2)),
        (Problem("body", "", "It is a drip."), ("It is a drip.", 0)),
        (Problem("body", "", line=4), ("It may help us.", 4)),
        (Problem("body", "", "Nowhere."), ("Nowhere.", None)),
        (Problem("body", ""), ("", None)),
    ],
)
def test_a_check_finds_its_words_as_they_are_typed(problem, found):
    place = placed(problem, page(body=TYPED), {"IV-01": "We say 1.", "wait": "a day"})

    assert (place.words, place.line) == found


def test_staff_are_told_of_a_page_that_is_public_without_an_approval(editor, clinician, client):
    approved_page(editor, clinician)
    get_user_model().objects.filter(pk=clinician.pk).update(is_active=False)
    owner = person("olga", "view_page", "change_page", "change_clinic")
    publish(draft(owner, answer="Urgent."), owner, Clinic.current(), reason="A wrong number.")
    sign_in(client, owner)

    for name in ("change", "review"):
        text = client.get(reverse(f"admin:education_page_{name}", args=[Page.objects.get().pk])).content.decode()
        assert "This is public without an approval: A wrong number." in " ".join(text.split())


def test_a_new_answer_waits_and_what_shows_a_new_claim_waits_for_it(editor, clinician, whole, client):
    new = ("view_faqentry", "add_faqentry", "change_faqentry", "view_claim", "add_claim", "change_claim")
    editor.user_permissions.add(*Permission.objects.filter(codename__in=new))
    sign_in(client, editor)
    lines = {"references": "SMITH-2020", "claims": "IV-01", "reason": "", "language": "en"}
    answer = faq(2).meta | {"faq_id": "FAQ-02", "body": "Brand new."} | lines
    sentence = claim(2).meta | {"claim_id": "IV-02", "body": "Evidence."} | lines

    for name, data in (("faqentry", answer), ("claim", sentence)):
        assert client.post(reverse(f"admin:education_{name}_add"), data).status_code == 302
    assert "Brand new." not in client.get("/faq/").content.decode()
    assert "We say 2." not in client.get("/evidence/").content.decode()

    found = document_from(Page.objects.get())
    shows = write_draft(type(found)(found.kind, found.name, found.meta, f"{WHOLE}\n\n{{claim IV-02}}"), "en", editor)
    approve(shows, clinician, Clinic.current())
    with pytest.raises(RevisionError, match="claims/iv-02"):
        publish(shows, editor, Clinic.current())
    for revision in Revision.objects.open().exclude(pk=shows.pk):
        approve(revision, clinician, Clinic.current())
        publish(revision, editor, Clinic.current())
    publish(shows, editor, Clinic.current())

    assert "We say 2." in shown(client)
    assert "Brand new." in client.get("/faq/").content.decode()
