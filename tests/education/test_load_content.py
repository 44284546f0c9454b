from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from education.documents.load import load_folder
from education.management.commands.load_content import CONTENT
from education.models import Claim, FaqEntry, Page, Reference
from education.models.citations import cite_rules
from tests.education.folders import claim, faq, page, write_tree


def load(folder, *names):
    output = StringIO()
    call_command("load_content", folder, *(f"--overwrite={name}" for name in names), stdout=output)
    return output.getvalue()


@pytest.mark.django_db
def test_load_and_export_give_the_same_bytes_for_the_whole_tree(tmp_path):
    call_command("load_content", stdout=StringIO())
    call_command("export_content", tmp_path, stdout=StringIO())

    files = {path.relative_to(CONTENT): path.read_bytes() for path in CONTENT.rglob("*.*")}
    written = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*")}
    assert written == files
    assert len(files) > 250


@pytest.mark.django_db
def test_load_content_again_changes_nothing_and_asks_little(django_assert_max_num_queries):
    call_command("load_content", stdout=StringIO())
    output = StringIO()

    with django_assert_max_num_queries(15):  # of 250 files
        call_command("load_content", stdout=output)

    assert output.getvalue().startswith("Content (en): 0 created, 0 updated, ")


@pytest.mark.django_db
def test_load_content_updates_only_what_changed(tmp_path):
    folder = write_tree(tmp_path).parent
    load(folder)
    write_tree(tmp_path, claim(statement="We say it better."))

    output = load(folder)

    assert output == (
        "Content (en): 0 created, 1 updated, 5 unchanged, 0 kept because edited or approved here.\n"
        "  updated: claims/iv-01\n"
    )
    assert Claim.objects.get().statement == "We say it better."


@pytest.mark.django_db
def test_load_content_keeps_and_names_what_staff_edited(tmp_path):
    folder = write_tree(tmp_path).parent
    load(folder)
    Page.objects.update(answer="Staff wrote this.")
    Page.objects.get().mark_edited()
    write_tree(tmp_path, page(answer="The file says this."))

    output = load(folder)

    assert "1 kept because edited or approved here.\n  kept, edited or approved here: pages/what-it-is\n" in output
    assert Page.objects.get().answer == "Staff wrote this."


@pytest.mark.django_db
def test_load_content_takes_the_file_when_told_to(tmp_path):
    folder = write_tree(tmp_path).parent
    load(folder)
    Page.objects.update(body="## Staff {#basics}\n\nStaff wrote this.")
    Page.objects.get().mark_edited()

    load(folder, "what-it-is")

    assert Page.objects.get().body == page().body
    assert not Page.objects.get().is_edited


@pytest.mark.django_db
def test_load_content_refuses_to_overwrite_what_is_not_there(tmp_path):
    folder = write_tree(tmp_path).parent

    with pytest.raises(CommandError, match="no content file named nothing"):
        load(folder, "nothing")


@pytest.mark.django_db
def test_load_content_leaves_a_row_without_a_file_and_says_so(tmp_path):
    folder = write_tree(tmp_path, faq(2)).parent
    load(folder)
    (folder / "en" / "faq" / "faq-02.md").unlink()

    assert "kept, no longer in the files: faq/faq-02" in load(folder)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("document", "where", "words"),
    [
        (claim(references=["JONES-2021"]), "claims/iv-01.md:7", "no reference JONES-2021"),
        (faq(claims=["IV-99"]), "faq/faq-01.md:9", "no claim IV-99"),
        (faq(section="what-it-is#nowhere"), "faq/faq-01.md:10", "no section what-it-is#nowhere"),
        (page("## A {#basics}\n\nSo {claim IV-99}"), "pages/what-it-is.md:17", "no claim IV-99"),
        (page("## A {#basics}\n\n{figure sunset}"), "pages/what-it-is.md:17", "no figure sunset"),
        (page("## A {#basics}\n\nSee {crisis} here."), "pages/what-it-is.md:17", "alone on its line"),
        (page("## A {#basics}\n\n- a\n\n  {crisis}"), "pages/what-it-is.md:19", "outside lists and boxes"),
        (page("## A {#basics}\n\n### {claim IV-01}"), "pages/what-it-is.md:17", "heading, a table or a box"),
        (page("## A {#basics}\n\n{claim IV-01} {claim IV-01}"), "pages/what-it-is.md:17", "stands twice"),
        (page("## A {#basics}\n\nSay {setting price}"), "pages/what-it-is.md:17", "no setting price"),
        (page("## A {#basics}\n\n[x](tel:+19005551234)"), "pages/what-it-is.md:17", "none that pages may give"),
        (page("## A {#basics}\n\nA <b>word</b>"), "pages/what-it-is.md:17", "means nothing here"),
        (page(answer="One {claim IV-01}"), "pages/what-it-is.md:5", "no directive"),
        (page("## A {#basics}\n\n[x](page:other#a)"), "pages/what-it-is.md:17", "page:other#a leads nowhere"),
        (page("## A {#basics}\n\n[x](glossary:drip)"), "pages/what-it-is.md:17", "glossary:drip leads nowhere"),
        (page("## A {#basics}\n\n[x](faq:faq-09)"), "pages/what-it-is.md:17", "faq:faq-09 leads nowhere"),
        (page("## A {#basics}\n\n[x](ref:JONES-2021)"), "pages/what-it-is.md:17", "ref:JONES-2021 leads nowhere"),
        (page("## A {#basics}\n\n[x](http://example.org)"), "pages/what-it-is.md:17", "not used here"),
        (page("## A {#basics}\n\n[x](/learn/)"), "pages/what-it-is.md:17", "not used here"),
        (claim(statement_grade="rumour"), "claims/iv-01.md:5", "rumour"),
        (claim(statement="Tell us first."), "claims/iv-01.md:4", "does not say"),
    ],
)
def test_load_content_refuses_what_leads_nowhere_and_loads_nothing(tmp_path, document, where, words):
    folder = write_tree(tmp_path, document).parent

    with pytest.raises(CommandError) as caught:
        load(folder)

    assert str(caught.value).startswith(f"en/{where}: ")
    assert words in str(caught.value)
    assert not Reference.objects.exists()


@pytest.mark.django_db
def test_a_file_may_not_lose_a_section_that_a_rule_rests_on(tmp_path):
    load_folder(write_tree(tmp_path), "en")
    cite_rules("questionnaires/previsit/2", [("SR-BP4", ["what-it-is#basics"], ["SMITH-2020"])])
    write_tree(tmp_path, page("## A {#other}\n\nWords. {claim IV-01}"), faq(section="what-it-is#other"))

    with pytest.raises(CommandError, match="#basics must stay; it is needed by: questionnaires/previsit/2/SR-BP4"):
        load(tmp_path)
    assert Page.objects.get().body.startswith("## Basics")
    assert FaqEntry.objects.get().section == "what-it-is#basics"


@pytest.mark.django_db
def test_load_folder_keeps_an_unpublished_page_unpublished(tmp_path):
    folder = write_tree(tmp_path)
    load_folder(folder, "en")
    Page.objects.update(is_published=False)
    write_tree(tmp_path, page(answer="New words."))

    load_folder(folder, "en")

    assert list(Page.objects.values_list("answer", "is_published")) == [("New words.", False)]


@pytest.mark.django_db
def test_a_broken_file_ends_with_one_line_and_loads_nothing(tmp_path):
    folder = write_tree(tmp_path).parent
    path = folder / "en" / "pages" / "what-it-is.md"
    path.write_text(path.read_text().replace("reviewed_on: null", "reviewed_on: 2026-02-30"))

    with pytest.raises(CommandError) as caught:
        load(folder)

    assert caught.value.returncode == 2
    assert str(caught.value).startswith("en/pages/what-it-is.md:")
    assert "\n" not in str(caught.value)
    assert not Reference.objects.exists()


@pytest.mark.django_db
def test_a_folder_that_is_no_language_is_refused(tmp_path):
    folder = write_tree(tmp_path).parent
    (folder / "en.backup").mkdir()

    with pytest.raises(CommandError, match=r"en\.backup is not a language"):
        load(folder)

    assert not Reference.objects.exists()
