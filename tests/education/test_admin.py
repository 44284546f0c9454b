from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import ProtectedError
from django.forms import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEntry, Clinic
from education.documents.files import Document
from education.documents.load import load_folder
from education.documents.settings import settings_of
from education.models import Citation, Claim, FaqEntry, FigureFacts, GlossaryTerm, Page, Reference, Revision
from education.models.citations import cite_rules
from education.pages.fingerprint import fingerprint
from education.pages.library import Library
from tests.education.folders import REFERENCE, figure, write_tree
from tests.real_content import put_content
from tests.signing_in import sign_in as sign_in_as


@pytest.fixture
def small(db, tmp_path):
    load_folder(write_tree(tmp_path), "en")


def sign_in(client, *permissions):
    user = get_user_model().objects.create_user("ada", password="x", is_staff=True, first_name="Ada", last_name="Lee")
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    sign_in_as(client, user)


@pytest.fixture
def editor(client, small):
    models = ("page", "claim", "reference", "faqentry", "glossaryterm", "figurefacts")
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


def test_admin_saves_the_text_as_a_file_would_hold_it(editor):
    page = Page.objects.get()

    change(editor, page, body="## A {#basics}\r\n\r\nNew words. {claim IV-01}\r\n", _publish="")

    page.refresh_from_db()
    assert page.is_edited
    assert page.body == "## A {#basics}\n\nNew words. {claim IV-01}"


def test_admin_leaves_an_unchanged_row_unedited(editor):
    change(editor, Page.objects.get())
    change(editor, FaqEntry.objects.get())

    assert not Page.objects.get().is_edited
    assert not FaqEntry.objects.get().is_edited
    assert not AuditEntry.objects.filter(action="record.changed").exists()


def errors(response):
    context = response.context or {}
    return context["adminform"].form.errors if "adminform" in context else {}


REFUSED = [
    (Claim, "references", "JONES-2021", "There is no reference JONES-2021."),
    (Claim, "statement", "Call us first.", "does not say"),
    (FaqEntry, "section", "what-it-is#nowhere", "There is no section what-it-is#nowhere."),
    (FaqEntry, "claims", "IV-01\nIV-99", "There is no claim IV-99."),
    (FaqEntry, "body", "See [this](page:nowhere).", "Line 1: The link page:nowhere leads nowhere."),
    (Page, "body", "## A {#basics}\n\nSo {claim IV-99}", "Line 3: There is no claim IV-99."),
    (Page, "body", "## A {#basics}\n\n{figure sunset}", "Line 3: There is no figure sunset."),
    (Page, "body", "## A {#My_Anchor}\n\nWords.", "Line 1: A section's heading is"),
    (Page, "body", "## A {#basics}\n\n# Big", "Line 3: No heading of level 1"),
    (Page, "body", "## A {#basics}\n\nSee {crisis} now.", "means nothing here"),
    (Page, "body", "## A {#basics}\n\n[Call 988](tel:+19005551234)", "none that pages may give"),
    (Page, "body", "## A {#basics}\n\n:::dont\n- drive\n- do not work\n:::", "starts with 'do not'"),
    (Page, "body", "## A {#other}\n\nWords.", "The section #basics must stay. It is needed by: faq/faq-01"),
    (FigureFacts, "body", "kind: list\ntitle: x\n", "cannot be drawn"),
]


@pytest.mark.parametrize(
    ("model", "field", "value", "words"), REFUSED, ids=[f"{row[1]}-{row[2][-12:]}" for row in REFUSED]
)
def test_admin_refuses_what_a_file_may_not_hold_beside_the_field(editor, model, field, value, words):
    response = change(editor, model.objects.get(), **{field: value})

    assert words in " ".join(response.context["adminform"].form.errors[field])
    assert value in form_data(response)[field].replace("\r", "")
    assert not model.objects.get().is_edited


NEEDED = [
    (Page, "faq/faq-01"),
    (Claim, "pages/what-it-is#basics"),
    (Reference, "claims/iv-01"),
    (GlossaryTerm, "faq/faq-01"),
]


@pytest.mark.parametrize(("model", "who"), NEEDED, ids=[row[0].__name__ for row in NEEDED])
@pytest.mark.parametrize("way", ["delete", "action"])
def test_nothing_that_something_rests_on_is_deleted(editor, model, who, way):
    change(editor, FaqEntry.objects.get(), body="An [infusion](glossary:infusion).")
    name = model._meta.model_name
    pk = model.objects.get().pk

    if way == "delete":
        response = editor.post(reverse(f"admin:education_{name}_delete", args=[pk]), {"post": "yes"}, follow=True)
    else:
        data = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
        response = editor.post(reverse(f"admin:education_{name}_changelist"), data, follow=True)

    assert who in response.content.decode()
    assert model.objects.filter(pk=pk).exists()


@pytest.mark.parametrize("who", ["claims/iv-01", "pages/what-it-is#basics", "questionnaires/previsit/2/SR-BP4"])
def test_no_program_deletes_what_something_rests_on(small, who):
    """Neither one row nor all at once."""
    cite_rules("questionnaires/previsit/2", [("SR-BP4", ["what-it-is#basics"], [])])
    FaqEntry.objects.all().delete()
    model = {"claims/iv-01": Reference, "pages/what-it-is#basics": Claim}.get(who, Page)

    for delete in (model.objects.get().delete, model.objects.all().delete):
        with pytest.raises(ProtectedError, match=who):
            delete()
    assert model.objects.exists()


def test_a_source_of_a_figure_alone_stays(small, tmp_path):
    other = Document("references", "jones-2021", REFERENCE.meta | {"key": "JONES-2021"}, REFERENCE.body)
    load_folder(write_tree(tmp_path, other, figure(references=["JONES-2021"])), "en")

    with pytest.raises(ProtectedError, match="figures/emergency-list"):
        Reference.objects.get(key="JONES-2021").delete()


def test_what_nothing_rests_on_is_deleted_with_its_citations(editor):
    entry = FaqEntry.objects.get()

    editor.post(reverse("admin:education_faqentry_delete", args=[entry.pk]), {"post": "yes"})

    assert not FaqEntry.objects.exists()
    assert not Citation.objects.filter(owner="faq/faq-01").exists()


def test_a_page_that_a_rule_leads_to_stays_published(editor):
    FaqEntry.objects.get().delete()
    cite_rules("questionnaires/previsit/2", [("SR-BP4", ["what-it-is#basics"], ["SMITH-2020"])])

    page = Page.objects.get()

    for verb in ("take-out", "publish"):
        revision = Revision.objects.of("en", "pages/what-it-is").first()
        url = reverse("admin:education_page_step", args=[page.pk, revision.pk, verb])
        text = editor.post(url, follow=True).content.decode()

    assert "It is needed by: questionnaires/previsit/2/SR-BP4" in text
    assert Page.objects.get().is_published


def test_admin_never_changes_what_is_linked_to(editor):
    change(editor, Page.objects.get(), slug="other")

    assert Page.objects.get().slug == "what-it-is"


def test_edit_does_not_move_the_date_of_the_review(editor):
    Page.objects.update(reviewed_by="Dr. A", reviewed_on=timezone.now().date())
    before = Page.objects.values_list("reviewed_on", "reviewed_by").get()

    change(editor, Page.objects.get(), answer="Other words.", _publish="")

    assert Page.objects.values_list("reviewed_on", "reviewed_by").get() == before
    assert Page.objects.get().answer == "It is a drip."


def test_page_list_finds_what_is_due(editor):
    url = reverse("admin:education_page_changelist")

    assert editor.get(url, {"review": "overdue"}).context["cl"].result_count == 1
    assert editor.get(url, {"review": "current"}).context["cl"].result_count == 0
    library = Library("en", settings_of(Clinic.current()))
    seen = fingerprint(Page.objects.get(), library)
    Page.objects.update(reviewed_by="Dr. A", reviewed_on=Clinic.current().today(), reviewed_fingerprint=seen)
    assert editor.get(url, {"review": "overdue"}).context["cl"].result_count == 0
    Page.objects.update(language="es")  # one that the site does not speak yet
    assert editor.get(url, {"review": "overdue"}).context["cl"].result_count == 1


def test_page_list_says_how_each_page_stands_without_a_query_a_row(editor):
    url = reverse("admin:education_page_changelist")
    page = Page.objects.get()
    today = Clinic.current().today()

    def standing() -> str:
        editor.get(url)  # what the process keeps is there
        with CaptureQueriesContext(connection) as queries:
            found = editor.get(url).context["cl"].result_list
        asked.append(len(queries))
        return found[0].standing

    asked: list[int] = []
    assert standing() == "Published, never reviewed"
    seen = fingerprint(page, Library("en", settings_of(Clinic.current())))
    Page.objects.update(reviewed_by="Dr. A", reviewed_on=today, reviewed_fingerprint=seen)
    assert standing() == "Published"
    Page.objects.update(reviewed_on=today - timedelta(days=2000))
    assert standing() == "Published, review overdue"
    Claim.objects.update(statement="Other words.")
    assert standing() == "Published, changed since review, review overdue"
    change(editor, page, title="Another name?")
    Page.objects.update(is_published=False)
    assert standing() == "Not published, draft, changed since review, review overdue"

    for number in range(2, 8):
        Page.objects.create(**{**model_to_dict(page, exclude=["id"]), "slug": f"copy-{number}", "number": number})
    standing()
    assert asked[-1] == asked[-2]


@pytest.mark.parametrize("model", ["page", "claim", "reference", "faqentry", "glossaryterm"])
def test_admin_lists_and_searches_every_kind(editor, model):
    response = editor.get(reverse(f"admin:education_{model}_changelist"), {"q": "a"})

    assert response.status_code == 200


@pytest.fixture
def real_editor(client, db):
    put_content()
    sign_in(client, *(f"{verb}_{model}" for verb in ("view", "change", "delete") for model in ("page", "faqentry")))
    return client


def test_every_text_of_the_real_content_can_be_saved_as_it_is(real_editor):
    pages = [*Page.objects.all(), *FaqEntry.objects.filter(faq_id="FAQ-30")]

    refused = [page.name for page in pages if errors(change(real_editor, page))]

    assert refused == []


def test_a_section_keeps_the_claims_it_must_carry(real_editor):
    page = Page.objects.get(slug="tell-us-first")

    response = change(real_editor, page, body=page.body.replace("{claim GAP-04}", "Some words."))

    assert "The section #list must carry GAP-04." in " ".join(response.context["adminform"].form.errors["body"])


def test_a_section_with_one_fault_is_told_of_it_alone(real_editor):
    page = Page.objects.get(slug="tell-us-first")

    for before, after, fault in (
        ("{claim GAP-04}", "{claim GAP-04} [see](page:nowhere)", "The link page:nowhere leads nowhere."),
        ("{#list}", "{#other}", "The section #list must stay"),
    ):
        response = change(real_editor, page, body=page.body.replace(before, after))
        (told,) = response.context["adminform"].form.errors["body"]
        assert fault in told


def test_a_text_of_a_name_that_is_there_in_other_letters_is_refused(editor):
    there = Claim.objects.get()
    names = ("language", "position", "statement", "statement_grade", "verdict", "quoted_grade", "seed", "body")
    data = model_to_dict(there, names) | {"references": "SMITH-2020"}

    answer = editor.post(reverse("admin:education_claim_add"), data | {"claim_id": there.claim_id.lower()})

    assert answer.context["adminform"].form.errors == {"claim_id": ["There is one of this name already."]}
    assert Claim.objects.count() == 1
