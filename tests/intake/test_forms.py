"""What a person types, and what is kept or said about it."""

from datetime import date

import pytest
from django.http import QueryDict

from intake.journey.forms.page import PageForm
from intake.journey.saving import posted_revision
from intake.response.response import Response
from tests.intake.cases import QUIET, TODAY, complete_answers, definition

TALL = {"height-value_feet": "5", "height-value_inches": "6"}
HEAVY = {"weight-value_value": "150", "weight-value_unit": "[lb_av]"}


def make_form(slug, data, answers=None):
    answers = QUIET if answers is None else answers
    page = Response(definition(), answers).page(slug)
    posted = QueryDict(mutable=True)
    for name, value in data.items():
        posted.setlist(name, value if isinstance(value, list) else [value])
    return PageForm(posted, page, Response(definition(), answers), revision=3, today=TODAY)


def errors(form):
    return {name: [str(error) for error in found] for name, found in form.errors.items()}


@pytest.mark.parametrize(
    ("boxes", "kept"),
    [
        ({"height-value_feet": "5", "height-value_inches": "6"}, {"value": 66, "unit": "[in_i]"}),
        ({"height-value_feet": "5"}, {"value": 60, "unit": "[in_i]"}),
        ({"height-value_inches": "66.5"}, {"value": 66.5, "unit": "[in_i]"}),
        ({"height-value_cm": " 168 "}, {"value": 168, "unit": "cm"}),
    ],
)
def test_height_is_kept_as_it_was_given(boxes, kept):
    form = make_form("weight-and-height", HEAVY | boxes)

    assert form.is_valid()
    assert form.valid_answers()["height-value"] == kept


@pytest.mark.parametrize(
    ("boxes", "words"),
    [
        ({}, "Enter feet and inches, or centimeters."),
        ({"height-value_feet": "5", "height-value_cm": "168"}, "Leave the other boxes blank."),
        ({"height-value_feet": "5", "height-value_inches": "12"}, "There are 12 inches in a foot."),
        ({"height-value_feet": "five"}, "Enter whole feet, such as 5, and put the inches in the next box."),
        ({"height-value_feet": "5.11"}, "Enter whole feet, such as 5, and put the inches in the next box."),
        ({"height-value_feet": "5'11"}, "Enter whole feet, such as 5, and put the inches in the next box."),
        ({"height-value_feet": "9"}, "Enter one from 3 feet 0 inches to 8 feet 2 inches."),
        ({"height-value_cm": "89"}, "Enter one from 90 to 250 cm."),
        ({"height-value_cm": "1e400"}, "Enter numbers"),
        ({"height-value_cm": "NaN"}, "Enter numbers"),
    ],
)
def test_height_that_cannot_be_is_said_so(boxes, words):
    form = make_form("weight-and-height", HEAVY | boxes)

    assert words in errors(form)["height-value"][0]
    assert form.valid_answers().get("height-value") is None


@pytest.mark.parametrize(
    ("number", "unit", "kept"),
    [
        ("82", "kg", {"value": 82, "unit": "kg"}),
        ("82.5", "kg", {"value": 82.5, "unit": "kg"}),
        ("180", "[lb_av]", {"value": 180, "unit": "[lb_av]"}),
    ],
)
def test_weight_is_kept_in_the_unit_it_was_given_in(number, unit, kept):
    form = make_form("weight-and-height", TALL | {"weight-value_value": number, "weight-value_unit": unit})

    assert form.valid_answers()["weight-value"] == kept


@pytest.mark.parametrize(
    ("number", "unit", "words"),
    [
        ("", "kg", "Enter a number."),
        ("about 80", "kg", "Enter a number, such as 82 or 82.5."),
        ("19.9", "kg", "Enter one from 20 to 400 kg."),
        ("1000", "[lb_av]", "Enter one from 45 to 881 lb."),
        ("80", "stone", "Choose a unit: lb, kg."),
        ("80", "", "Choose a unit: lb, kg."),
        ("9" * 400, "kg", "Enter a number, such as 82 or 82.5."),
        ("٨٠", "kg", "Enter a number, such as 82 or 82.5."),
    ],
)
def test_weight_that_cannot_be_is_said_so(number, unit, words):
    form = make_form("weight-and-height", TALL | {"weight-value_value": number, "weight-value_unit": unit})

    assert errors(form) == {"weight-value": [errors(form)["weight-value"][0]]}
    assert words in errors(form)["weight-value"][0]
    assert form.valid_answers()["height-value"] == {"value": 66, "unit": "[in_i]"}  # what is right is kept


def born(month, day, year):
    boxes = {"date-of-birth_month": month, "date-of-birth_day": day, "date-of-birth_year": year}
    return make_form("birth-date", boxes)


@pytest.mark.parametrize(("month", "day"), [("5", "7"), ("05", "07"), (" 5", "7 ")])
def test_birth_date_is_read_from_three_boxes(month, day):
    assert born(month, day, "1986").valid_answers()["date-of-birth"] == "1986-05-07"


@pytest.mark.parametrize(
    ("boxes", "words"),
    [
        (("", "", ""), "Enter the month, the day and the year."),
        (("5", "", "1986"), "Enter the month, the day and the year."),
        (("May", "7", "1986"), "Use numbers"),
        (("5", "7", "86"), "Enter the year with four numbers"),
        (("2", "30", "1986"), "Enter a real date"),
        (("13", "1", "1986"), "Enter a real date"),
        (("0", "0", "0000"), "Enter a real date"),
        (("5", "7", "2027"), "in the future"),
        (("5", "7", "1900"), "too long ago"),
        (("5", "7", "1" * 5000), "Use numbers"),
        (("5\x00", "7", "1986"), "Use numbers"),
    ],
)
def test_birth_date_that_cannot_be_is_said_so(boxes, words):
    form = born(*boxes)

    assert words in errors(form)["date-of-birth"][0]


def test_birth_date_stands_in_its_boxes_again():
    page = Response(definition(), QUIET).page("birth-date")
    form = PageForm(None, page, Response(definition(), {"date-of-birth": "1986-05-07"}), revision=0, today=TODAY)

    html = str(form["date-of-birth"])

    assert 'name="date-of-birth_month" value="5"' in html
    assert 'name="date-of-birth_year" value="1986"' in html
    assert 'autocomplete="bday-year"' in html


@pytest.mark.parametrize(
    ("value", "boxes"),
    [({"value": 66, "unit": "[in_i]"}, ["5", "6", ""]), ({"value": 168.5, "unit": "cm"}, ["", "", "168.5"])],
)
def test_height_stands_in_its_boxes_again(value, boxes):
    form = make_form("weight-and-height", {})

    assert form.fields["height-value"].widget.decompress(value) == boxes


def test_none_together_with_another_choice_is_an_error():
    form = make_form("bladder-lately", {"bladder-symptoms": ["pain", "none"]})

    assert errors(form) == {"bladder-symptoms": ['Choose "None" alone, or choose the others.']}


def test_several_choices_are_kept_in_the_order_they_are_shown_each_once():
    form = make_form("bladder-lately", {"bladder-symptoms": ["leaking", "pain", "pain"]})

    assert form.valid_answers() == {"bladder-symptoms": ["pain", "leaking"]}


@pytest.mark.parametrize("code", ["maybe", "YES", "yes\x00", "<script>", "by-phone"])
def test_an_unknown_choice_is_refused(code):
    form = make_form("safe-today", {"safe-now": code, "harm-others": "no"})

    assert "safe-now" in errors(form)
    assert form.valid_answers() == {"harm-others": "no"}


def test_a_blank_takes_the_answer_away_and_says_what_to_do():
    form = make_form("safe-today", {"harm-others": "no"})

    assert errors(form) == {"safe-now": ["Choose an answer."]}
    assert form.valid_answers() == {"safe-now": None, "harm-others": "no"}


def test_optional_questions_say_so_and_may_stay_blank():
    form = make_form("your-name", {"legal-name": "Ann", "sex-assigned": "female", "preferred-name": "   "})

    assert form.is_valid()
    assert form.valid_answers()["preferred-name"] is None
    assert form["preferred-name"].label == "What name should we call you? (optional)"


def test_too_long_a_text_is_an_error_and_never_cut():
    form = make_form("your-name", {"legal-name": "x" * 201, "sex-assigned": "female"})

    assert errors(form) == {"legal-name": ["Use 200 characters or fewer. You used 201."]}
    assert "maxlength" not in str(form["legal-name"])


def test_line_ends_count_once():
    answers = complete_answers({"visit-reason": ["other"]})
    text = "a\r\n" * 2000

    form = make_form("more-about-reasons", {"visit-reason-other": text}, answers)

    assert form.valid_answers()["visit-reason-other"] == ("a\n" * 2000).strip()


def test_a_text_with_characters_that_cannot_be_stored_is_an_error():
    form = make_form("your-name", {"legal-name": "Ann\x00", "sex-assigned": "female"})

    assert list(errors(form)) == ["legal-name"]


def test_two_blood_pressure_numbers_that_do_not_go_together_are_not_kept():
    form = make_form("blood-pressure-numbers", {"bp-systolic_value": "80", "bp-diastolic_value": "120"})

    assert errors(form) == {"bp-diastolic": ["Check the two numbers. The bottom number is the lower one."]}
    assert form.valid_answers() == {}


def test_a_blood_pressure_number_is_whole():
    form = make_form("blood-pressure-numbers", {"bp-systolic_value": "120.5"})

    assert errors(form) == {"bp-systolic": ["Enter a whole number."]}


def test_an_acknowledgment_left_open_says_what_to_do():
    form = make_form("emergency-check", {"chest-pain-now": "no"})

    assert errors(form) == {"ack-not-emergency": ["Check this box to go on."]}


def test_a_helper_signs_with_their_own_name():
    page = Response(definition(), complete_answers({"filled-by": "proxy"})).page("signature")
    form = PageForm(
        None, page, Response(definition(), complete_answers({"filled-by": "proxy"})), revision=0, today=date(2026, 1, 1)
    )

    assert form["signature-name"].label == "Type your own full name."


def test_nothing_is_chosen_beforehand_on_a_grid():
    page = Response(definition(), QUIET).page("heart-and-blood-pressure")
    form = PageForm(None, page, Response(definition(), {}), revision=0, today=TODAY)

    assert page.is_grid
    assert not any("checked" in str(form[item.link_id]) for item in page.items)


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 40, "٣", "1.5", "\x00"])
def test_a_revision_that_is_no_number_counts_as_the_oldest(revision):
    data = QueryDict(mutable=True)
    data["revision"] = revision

    assert posted_revision(data) == 0
