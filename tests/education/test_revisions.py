from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEntry, Clinic
from education.documents.files import Document
from education.documents.load import load_folder
from education.documents.revisions import write_draft
from education.documents.rows import document_from
from education.models import Claim, Page, Revision, State
from education.staff.review import RevisionError, approve, ask_for_review, publish, publish_due, roll_back
from tests.education.folders import claim, page, write_tree
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
    new = type(found)(found.kind, found.name, found.meta | changes, found.body)
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


def test_an_earlier_text_comes_back_as_a_draft(editor):
    first = Revision.objects.get(content_key="pages/what-it-is")
    publish(draft(editor, answer="Worse words."), editor, Clinic.current())

    publish(roll_back(first, editor), editor, Clinic.current())

    assert Page.objects.get().answer == "It is a drip."


def test_a_changed_file_of_a_signed_page_is_a_draft(editor, clinician, small):
    approved_page(editor, clinician)
    Page.objects.update(edited_at=None)

    report = load_folder(write_tree(small, page(answer="The file says this.")), "en")
    again = load_folder(write_tree(small, page(answer="The file says this.")), "en")

    assert "pages/what-it-is" in report.kept
    assert "pages/what-it-is" in again.kept
    assert Page.objects.get().answer == "The first answer."
    assert [found.author for found in Revision.objects.open()] == [None]


def test_a_changed_claim_takes_the_stamp_away_and_its_approval_gives_it_back(editor, clinician, small, client):
    approved_page(editor, clinician)
    load_folder(write_tree(small, claim(statement="You may drive at once.")), "en")
    assert Claim.objects.get().statement == "You may drive at once."
    assert "Changed since the review of" in shown(client)

    approve(Revision.objects.get(content_key="pages/what-it-is", state=State.PUBLISHED), clinician, Clinic.current())

    assert "Changed since the review of" not in shown(client)


# In the admin ------------------------------------------------------------------------------------


def step(client, revision, verb, **data):
    url = reverse("admin:education_page_step", args=[Page.objects.get().pk, revision.pk, verb])
    return client.post(url, data, follow=True)


def test_a_page_goes_from_draft_through_review_to_the_public(editor, clinician, client):
    ask_for_review(draft(editor, answer="Reviewed words."))
    revision = Revision.objects.open().get()
    sign_in(client, clinician)
    page_of_review = reverse("admin:education_page_review", args=[Page.objects.get().pk])
    assert "+answer: Reviewed words." in client.get(page_of_review).content.decode()

    step(client, revision, "approve")
    sign_in(client, editor)
    step(client, revision, "publish")

    assert "Reviewed words." in shown(client)
    actions = list(AuditEntry.objects.filter(subject="page:what-it-is").values_list("action", flat=True))
    assert {"page.sign-off", "page.publish"} <= set(actions)


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
