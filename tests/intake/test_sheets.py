"""What is printed of one submission: tagged PDFs that hold whatever was typed, and text for a chart."""

from datetime import timedelta
from html import unescape
from io import BytesIO
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.utils import timezone
from pypdf import PdfReader
from pypdf.generic import ContentStream

from clinic.models import AuditEntry
from intake.models import Submission
from intake.questionnaires.publishing import load_folder, publish, shipped
from intake.review.actions import add_note
from intake.review.deciding import decide
from tests.intake.submissions import make_staff, make_submission
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

ODD = "# h *bold* $x$ @ref <tag> `code` [x] \\ \u05e9\u05dc\u05d5\u05dd \u0645\u0631 \U0001f600 \u4e2d \u200b"
LOUD = ("ketamine-allergy", "med-benzo", "med-lamotrigine", "stroke-tia", "brain-bleed", "liver-disease")


@pytest.fixture
def doctor():
    return make_staff("clinician", "dr")


@pytest.fixture
def clinician(client, doctor):
    return sign_in(client, doctor)


def pdf(client, submission, kind):
    answer = client.get(f"/admin/intake/submission/{submission.pk}/{kind}/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="{submission.reference}-{kind}.pdf"'
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.order_by("position").last()
    assert (entry.action, entry.subject, entry.detail) == ("submission.export", submission.subject, kind)
    return PdfReader(BytesIO(answer.content))


def words(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def is_tagged(reader):
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("en")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "pdfuaid" in reader.xmp_metadata.stream.get_data().decode()
    kinds = list(tags(root["/StructTreeRoot"]))
    levels = [int(kind[2]) for kind in kinds if kind[1:] in ("H1", "H2", "H3")]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    for page in reader.pages:
        assert marks_on(reader, page) == marks_in(root["/StructTreeRoot"], page.indirect_reference)
    return {"/H1", "/H2", "/P", "/L"} <= set(kinds)


def marks_on(reader, page):
    """The numbers of a page's marked texts; a text outside a mark is the footer, or it is read to nobody."""
    inside, found = [], []
    for operands, operator in ContentStream(page["/Contents"].get_object(), reader).operations:
        if operator in (b"BDC", b"BMC"):
            inside.append(operands)
        elif operator == b"EMC":
            inside.pop()
        elif operator in (b"Tj", b"TJ", b"'", b'"'):
            kind, said = inside[-1]
            if kind == "/Artifact":
                assert said["/Subtype"] == "/Footer"
            else:
                found.append(said["/MCID"])
    return set(found)


def marks_in(node, page, on=None):
    """The numbers of the texts that the structure tree names on a page."""
    node = node.get_object()
    if isinstance(node, int):
        return {node} if on == page else set()
    if "/MCID" in node:
        return {node["/MCID"]} if node.raw_get("/Pg") == page else set()
    on = node.raw_get("/Pg") if "/Pg" in node else on
    children = node.get("/K", [])
    return set().union(*(marks_in(one, page, on) for one in (children if isinstance(children, list) else [children])))


def tags(node):
    node = node.get_object()
    if not isinstance(node, dict):
        return
    if "/S" in node:
        yield node["/S"]
    children = node.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        if not isinstance(child, int):
            yield from tags(child)


def test_the_summary_is_one_tagged_page_in_the_order_of_the_first_screen(clinician):
    submission = make_submission(dict.fromkeys(LOUD, "yes") | {"legal-name": "Kim O'Hara"})

    reader = pdf(clinician, submission, "summary")

    assert len(reader.pages) == 1
    assert is_tagged(reader)
    assert reader.metadata.title == "Clinical summary: Kim O'Hara"
    text = words(reader)
    order = [text.index(part) for part in ("A stop is open", "Stops treatment", "To look at", "Scores", "No driving")]
    assert order == sorted(order)
    assert "SR-" not in text
    # Once, where it is read aloud; the footer, which is not, only says whose page it is.
    assert text.count("A score is not a diagnosis") == 1


def test_the_record_holds_every_answer_flag_decision_and_signature(clinician, doctor):
    submission = make_submission({"med-benzo": "yes"}, now=timezone.now() - timedelta(days=1))
    add_note(submission, by=doctor, text="Spoke with the pharmacy.")
    decide(submission, by=doctor, decision="not-suitable", reason="Heart first.")

    reader = pdf(clinician, submission, "record")

    assert is_tagged(reader)
    text = words(reader)
    version = submission.version
    for expected in (
        "SR-M3",
        "Spoke with the pharmacy.",
        "Heart first.",
        "Signature",
        "SHA-256",
        str(version),
        "Alex Example",
    ):
        assert expected in text, expected
    assert version.content_hash in text.replace(" ", "")


def test_whatever_was_typed_holds(clinician):
    submission = make_submission({"legal-name": ODD, "other-conditions": (ODD + " ") * 25, "med-benzo": "yes"})

    for kind in ("summary", "record"):
        text = words(pdf(clinician, submission, kind))
        assert "# h *bold* $x$ @ref <tag> `code` [x] \\" in text
        assert "[grinning face] [U+4E2D]" in text


def test_made_up_people_of_the_newest_form_fit_one_page(clinician):
    publish(load_folder(shipped()[-1]))
    call_command("make_demo_submissions", "12", "--seed", "4")

    pages = [len(pdf(clinician, submission, "summary").pages) for submission in Submission.objects.all()]

    assert max(pages) == 1


def test_the_chart_gets_the_same_words(clinician):
    submission = make_submission({"med-benzo": "yes", "other-conditions": "<script>alert(1)</script>"})

    answer = clinician.get(f"/admin/intake/submission/{submission.pk}/text/")

    page = answer.content.decode()
    assert "<script>alert" not in page
    box = unescape(page.partition('spellcheck="false">')[2].partition("</textarea>")[0])
    assert box.startswith("Clinical summary: Alex Example\n")
    assert submission.reference in box
    assert "TO LOOK AT\n- " in box
    assert "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.order_by("position").last().detail == "text"
