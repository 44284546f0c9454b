import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEntry, Clinic
from clinic.staff.sign_in import SIGNED_IN_AT
from education.documents.load import load_folder
from education.models import Claim, FaqEntry, Page, Section
from tests.education.folders import write_tree


@pytest.fixture
def small(db, tmp_path):
    load_folder(write_tree(tmp_path), "en")


def sign_in(client, *permissions):
    user = get_user_model().objects.create_user("ada", password="x", is_staff=True, first_name="Ada", last_name="Lee")
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    session = client.session
    session[SIGNED_IN_AT] = timezone.now().timestamp()
    session.save()


@pytest.fixture
def editor(client, small):
    models = ("page", "section", "claim", "reference", "faqentry", "glossaryterm")
    sign_in(client, *(f"{verb}_{model}" for verb in ("view", "add", "change", "delete") for model in models))
    return client


def form_data(response):
    """The values that a browser would send back."""
    form = response.context["adminform"].form
    data = {}
    for bound in [
        *form,
        *(field for inline in response.context["inline_admin_formsets"] for field in all_fields(inline)),
    ]:
        value = bound.value()
        data[bound.html_name] = "" if value is None or value is False else value
    return data


def all_fields(inline):
    formset = inline.formset
    return [*formset.management_form, *(field for form in formset.forms for field in form)]


def change(client, row, **changes):
    url = reverse(f"admin:education_{row._meta.model_name}_change", args=[row.pk])
    return client.post(url, form_data(client.get(url)) | changes, follow=True)


def test_admin_marks_an_edited_claim_and_leaves_an_audit_row(editor):
    claim = Claim.objects.get()

    change(editor, claim, statement="Staff say it.")

    claim.refresh_from_db()
    assert (claim.statement, claim.is_edited) == ("Staff say it.", True)
    assert AuditEntry.objects.filter(action="record.change", actor="ada").get().subject == "claim:iv-01"


def test_admin_marks_a_page_when_only_a_section_changed(editor):
    page = Page.objects.get()

    change(editor, page, **{"sections-0-body": "New words.\r\n\r\n{claim IV-01}\r\n"})

    page.refresh_from_db()
    assert page.is_edited
    assert Section.objects.get().body == "New words.\n\n{claim IV-01}"


def test_admin_leaves_an_unchanged_row_unedited(editor):
    change(editor, Page.objects.get())
    change(editor, FaqEntry.objects.get())

    assert not Page.objects.get().is_edited
    assert not FaqEntry.objects.get().is_edited
    assert not AuditEntry.objects.filter(action="record.changed").exists()


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (Claim, {"references": "JONES-2021"}),
        (FaqEntry, {"section": "what-it-is#nowhere"}),
        (FaqEntry, {"claims": "IV-01\nIV-99"}),
        (FaqEntry, {"body": "See [this](page:nowhere)."}),
        (Page, {"sections-0-body": "{claim IV-99}"}),
        (Page, {"sections-0-body": "{figure sunset}"}),
    ],
)
def test_admin_refuses_words_that_lead_nowhere(editor, model, changes):
    response = change(editor, model.objects.get(), **changes)

    assert "This is not there: " in response.content.decode()
    assert not model.objects.get().is_edited


def test_admin_never_changes_what_is_linked_to(editor):
    change(editor, Page.objects.get(), slug="other")

    assert Page.objects.get().slug == "what-it-is"


def sign_off(client):
    data = {"action": "sign_off", "_selected_action": [Page.objects.get().pk]}
    return client.post(reverse("admin:education_page_changelist"), data, follow=True)


def test_sign_off_records_who_and_when(client, small):
    sign_in(client, "view_page", "sign_off_page")

    sign_off(client)

    page = Page.objects.get()
    assert (page.reviewed_by, page.reviewed_on) == ("Ada Lee", Clinic.current().today())
    assert AuditEntry.objects.filter(action="page.sign-off").get().subject == "page:what-it-is"


def test_sign_off_is_refused_to_an_editor(editor):
    sign_off(editor)

    assert Page.objects.get().reviewed_on is None


def test_edit_does_not_move_the_date_of_the_review(editor):
    Page.objects.get().sign_off(by="Dr. A", on=timezone.now().date())
    before = Page.objects.values_list("reviewed_on", "reviewed_by").get()

    change(editor, Page.objects.get(), answer="Other words.")

    assert Page.objects.values_list("reviewed_on", "reviewed_by").get() == before


def test_page_list_finds_what_is_due(editor):
    url = reverse("admin:education_page_changelist")

    assert editor.get(url, {"review": "overdue"}).context["cl"].result_count == 1
    assert editor.get(url, {"review": "current"}).context["cl"].result_count == 0
    Page.objects.get().sign_off(by="Dr. A", on=Clinic.current().today())
    assert editor.get(url, {"review": "overdue"}).context["cl"].result_count == 0


@pytest.mark.parametrize("model", ["page", "claim", "reference", "faqentry", "glossaryterm"])
def test_admin_lists_and_searches_every_kind(editor, model):
    response = editor.get(reverse(f"admin:education_{model}_changelist"), {"q": "a"})

    assert response.status_code == 200


@pytest.fixture
def real_editor(client, db):
    call_command("load_content", verbosity=0)
    sign_in(client, *(f"{verb}_{model}" for verb in ("view", "change", "delete") for model in ("page", "section")))
    return client


def test_a_section_that_rules_link_to_cannot_be_deleted(real_editor):
    page = Page.objects.get(slug="tell-us-first")
    url = reverse("admin:education_page_change", args=[page.pk])

    response = real_editor.post(url, form_data(real_editor.get(url)) | {"sections-1-DELETE": "on"})

    assert response.status_code == 200
    assert "must stay: screening rules and other pages link to it." in response.content.decode()
    assert page.sections.filter(anchor="heart-blood-pressure").exists()


def test_a_section_keeps_the_claims_it_must_carry(real_editor):
    page = Page.objects.get(slug="tell-us-first")
    url = reverse("admin:education_page_change", args=[page.pk])

    response = real_editor.post(url, form_data(real_editor.get(url)) | {"sections-1-body": "No claims here."})

    assert response.status_code == 200
    assert "must carry these claims: GAP-04, RC-06." in response.content.decode()
