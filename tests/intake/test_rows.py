"""Rows of questions: a repeated group, kept by path, asked, missing, shown and screened."""

import pytest

from intake.response.answers import parse_answers
from intake.response.response import Response
from intake.response.values import AnswerError
from intake.screening.engine import screen
from tests.intake.cases import TODAY
from tests.intake.cases_v2 import QUIET, definition


def parsed(**changes):
    raw = {key.replace("_", "-"): value for key, value in {**QUIET, **changes}.items()}
    return parse_answers(definition(), raw, today=TODAY)


def form(**changes):
    return Response(definition(), parsed(**changes))


ROWS = [{"medicine-name": "Xanax", "medicine-dose": "1 mg"}, {}, {"medicine-name": "sertraline"}]


def test_rows_are_kept_by_path_and_an_empty_row_does_not_exist():
    answers = parsed(medicine=ROWS, med_none=None)
    rows = {path: value for path, value in answers.items() if path.startswith("medicine[")}

    assert rows == {
        "medicine[0].medicine-name": "Xanax",
        "medicine[0].medicine-dose": "1 mg",
        "medicine[2].medicine-name": "sertraline",
    }
    assert Response(definition(), answers).row_numbers(definition().groups["medicine"]) == [0, 2]


def test_question_in_rows_names_its_row():
    response = form(medicine=ROWS, med_none=None)
    words = {row.path: (row.question, row.words) for part in response.rows() for row in part.rows}

    assert words["medicine[2].medicine-name"][0].startswith("Medicine 3: ")
    assert words["medicine[2].medicine-name"][1] == "sertraline"
    assert "medicine" not in words


def test_row_without_its_name_is_missing_by_its_path():
    assert form(medicine=[{"medicine-dose": "1 mg"}], med_none=None).missing == (
        "medicine",
        "medicine[0].medicine-name",
    )


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"med_none": True}, ()),
        ({"med_none": None}, ("medicine",)),
        ({"med_none": False}, ("medicine",)),
        ({"med_none": None, "medicine": [{"medicine-name": "zinc"}]}, ()),
        ({"med_none": None, "medicine": [{"medicine-name": "none"}]}, ("medicine",)),
        ({"med_none": None, "medicine": [{"medicine-name": "Demerol"}, {"medicine-name": "none"}]}, ()),
        ({"med_none": None, "med_list": "zinc"}, ()),
        ({"med_none": None, "med_list": "None."}, ("medicine",)),
        ({"med_none": None, "med_list": "\u200b"}, ("medicine",)),
    ],
)
def test_one_of_several_ways_to_answer_is_enough_and_none_is_no_answer(changes, missing):
    assert form(**changes).missing == missing


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ("Xanax", "medicine: "),
        (["Xanax"], "medicine: "),
        ([{"medicine-name": 3}], "medicine[0].medicine-name: "),
        ([{}, {"colour": "red"}], "medicine[1].colour: "),
        ([{"medicine-name": "x" * 201}], "medicine[0].medicine-name: "),
        ([{"medicine-name": "zinc"}] * 21, "medicine: "),
    ],
)
def test_rows_that_cannot_be_taken_are_named(rows, named):
    with pytest.raises(AnswerError) as caught:
        parsed(medicine=rows)
    assert str(caught.value).startswith(named)


def test_question_in_rows_is_not_answered_outside_them():
    with pytest.raises(AnswerError, match="medicine-name: This stands in the rows of another link id"):
        parsed(medicine_name="Xanax")


def test_evidence_names_the_path_and_the_confirmation_the_medicine():
    found = screen(form(medicine=ROWS, med_none=None), as_of=TODAY)
    flag = next(flag for flag in found.flags if flag.rule == "SR-M3")

    assert flag.answers["medicine[0].medicine-name"] == "Xanax"
    assert "medicine[2].medicine-name" not in flag.answers
    assert flag.titles == ("Xanax",)
    assert "benzodiazepine" in found.computed["medicine-classes"]
    assert flag.evidence()["titles"] == ["Xanax"]
