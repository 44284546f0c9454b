import pytest

from intake.response.answers import errors_between, parse_answers
from intake.response.values import AnswerError, clean_value
from intake.response.words import display_value
from tests.intake.cases import QUIET, TODAY, cm, complete_answers, complete_response, definition, kg, mmhg, response


def parsed(**raw):
    return parse_answers(definition(), {key.replace("_", "-"): value for key, value in raw.items()}, today=TODAY)


def refused(link_id, value):
    with pytest.raises(AnswerError) as caught:
        parse_answers(definition(), {link_id: value}, today=TODAY)
    assert caught.value.link_id == link_id
    assert str(caught.value).startswith(f"{link_id}: ")
    return caught.value.message


def test_complete_form_is_taken_as_it_is():
    assert parse_answers(definition(), QUIET, today=TODAY) == QUIET


@pytest.mark.parametrize("blank", [None, "", "   ", []])
def test_blank_is_absent(blank):
    assert parsed(legal_name=blank, visit_reason=blank, weight_value=blank, ack_truth=blank) == {}


@pytest.mark.parametrize("link_id", ["unknown", "age", "bmi", "phq9-total", "safety-level"])
def test_answer_to_what_is_no_question_is_refused(link_id):
    refused(link_id, "1")


@pytest.mark.parametrize("link_id", ["about-you", "your-name", "drive-notice", "weight-value-help"])
def test_answer_to_a_group_or_a_display_is_refused(link_id):
    assert refused(link_id, "1") == "This is not a question and takes no answer."


@pytest.mark.parametrize("raw", [[], "answers", None, 3])
def test_answers_must_be_an_object(raw):
    with pytest.raises(AnswerError, match="answers: The answers are not a JSON object"):
        parse_answers(definition(), raw, today=TODAY)


@pytest.mark.parametrize(
    ("link_id", "value"),
    [
        ("seizures", "maybe"),
        ("seizures", "Yes"),
        ("seizures", True),
        ("seizures", ["yes"]),
        ("sud-recovery", "not-sure"),
        ("phq9-q1", 0),
        ("phq9-q1", "0"),
        ("phq9-q1", "LA0-0"),
        ("safety-q1", "not-sure"),
        ("visit-reason", "depression"),
        ("visit-reason", ["sadness"]),
        ("visit-reason", ["depression", "depression"]),
        ("visit-reason", [["depression"]]),
        ("ack-truth", "true"),
        ("ack-truth", 1),
        ("legal-name", 7),
        ("legal-name", {"a": 1}),
        ("legal-name", "a\x00b"),
        ("med-list", "a\ud800b"),
        ("stroke-tia", {}),
        ("tb-1", "wednesday"),
    ],
)
def test_wrong_type_or_code_is_refused(link_id, value):
    refused(link_id, value)


@pytest.mark.parametrize(
    ("link_id", "codes"),
    [
        ("other-treatments", ["none", "ect"]),
        ("drug-use-recent", ["cannabis", "none"]),
        ("bladder-symptoms", ["none", "not-sure"]),
    ],
)
def test_none_stands_alone(link_id, codes):
    assert refused(link_id, codes) == 'Choose "None" alone, or choose the others.'


def test_not_sure_goes_with_other_bladder_symptoms():
    assert parsed(bladder_symptoms=["pain", "not-sure"]) == {"bladder-symptoms": ["pain", "not-sure"]}


@pytest.mark.parametrize("value", ["2008-02-30", "02/03/1990", "1990-1-1", "19900101", "1990-01-01T00:00", 1990])
def test_date_must_be_a_real_iso_date(value):
    refused("date-of-birth", value)


@pytest.mark.parametrize(
    ("value", "is_taken"),
    [
        ("2026-11-21", True),
        ("2026-11-22", False),
        ("1905-11-22", True),
        ("1905-11-21", False),
    ],
)
def test_birth_date_is_not_in_the_future_and_at_most_120_years_ago(value, is_taken):
    if is_taken:
        assert parsed(date_of_birth=value) == {"date-of-birth": value}
    else:
        assert refused("date-of-birth", value).startswith("Check the year.")


@pytest.mark.parametrize(
    "value",
    [
        82,
        "82",
        {"value": 82},
        {"unit": "kg"},
        {"value": "82", "unit": "kg"},
        {"value": True, "unit": "kg"},
        {"value": 82, "unit": "stone"},
        {"value": 82, "unit": "cm"},
        {"value": 82, "unit": None},
        {"value": float("nan"), "unit": "kg"},
        {"value": 82, "unit": "kg", "code": "kg"},
        [82, "kg"],
    ],
)
def test_quantity_needs_a_number_and_a_known_unit(value):
    refused("weight-value", value)


@pytest.mark.parametrize(
    ("link_id", "value", "is_taken"),
    [
        ("weight-value", kg(20), True),
        ("weight-value", kg(19.9), False),
        ("weight-value", kg(400), True),
        ("weight-value", kg(400.1), False),
        ("weight-value", {"value": 44.1, "unit": "lb"}, True),
        ("weight-value", {"value": 44, "unit": "lb"}, False),
        ("weight-value", {"value": 881, "unit": "[lb_av]"}, True),
        ("weight-value", {"value": 882, "unit": "[lb_av]"}, False),
        ("weight-value", kg(0), False),
        ("weight-value", kg(-70), False),
        ("height-value", cm(90), True),
        ("height-value", cm(89.9), False),
        ("height-value", cm(250), True),
        ("height-value", cm(250.1), False),
        ("height-value", {"value": 36, "unit": "in"}, True),
        ("height-value", {"value": 35, "unit": "in"}, False),
        ("height-value", {"value": 98, "unit": "[in_i]"}, True),
        ("height-value", {"value": 99, "unit": "[in_i]"}, False),
        ("bp-systolic", mmhg(50), True),
        ("bp-systolic", mmhg(49), False),
        ("bp-systolic", mmhg(300), True),
        ("bp-systolic", mmhg(301), False),
        ("bp-diastolic", mmhg(20), True),
        ("bp-diastolic", mmhg(19), False),
        ("bp-diastolic", mmhg(200), True),
        ("bp-diastolic", mmhg(201), False),
        ("bp-systolic", mmhg(120.5), False),
        ("bp-systolic", mmhg(120.0), True),
        ("bp-systolic", {"value": 120, "unit": "mm[Hg]"}, True),
    ],
)
def test_quantity_limits_hold_after_conversion(link_id, value, is_taken):
    if is_taken:
        assert parse_answers(definition(), {link_id: value}, today=TODAY) == {link_id: value}
    else:
        refused(link_id, value)


def test_limit_is_said_in_the_unit_given():
    assert refused("weight-value", {"value": 5, "unit": "lb"}) == "Check this number. Enter one from 45 to 881 lb."
    assert refused("height-value", cm(20)) == "Check this number. Enter one from 90 to 250 cm."


@pytest.mark.parametrize(
    ("link_id", "limit"),
    [
        ("legal-name", 200),
        ("signature-name", 200),
        ("home-address", 500),
        ("med-list", 4000),
        ("visit-reason-other", 4000),
    ],
)
def test_text_is_never_cut_silently(link_id, limit):
    assert parse_answers(definition(), {link_id: "x" * limit}, today=TODAY) == {link_id: "x" * limit}
    assert refused(link_id, "x" * (limit + 1)) == f"Use {limit} characters or fewer. You used {limit + 1}."


def test_text_keeps_lines_and_spaces_as_typed():
    assert parsed(med_list=" one\ntwo\t") == {"med-list": " one\ntwo\t"}


@pytest.mark.parametrize(("upper", "lower"), [(120, 120), (80, 120)])
def test_bottom_number_is_below_the_top_one(upper, lower):
    answers = {"bp-systolic": mmhg(upper), "bp-diastolic": mmhg(lower)}

    with pytest.raises(AnswerError, match="bp-diastolic: Check the two numbers"):
        parse_answers(definition(), answers, today=TODAY)
    assert [error.link_id for error in errors_between(definition(), answers)] == ["bp-diastolic"]
    assert errors_between(definition(), {"bp-diastolic": mmhg(lower)}) == []


def test_clean_value_of_one_item_for_forms():
    item = definition().questions["weight-value"]

    assert clean_value(item, kg(82), today=TODAY) == kg(82)
    assert clean_value(item, None, today=TODAY) is None


# What counts


def test_answers_that_branching_switched_off_do_not_count_and_come_back():
    answers = {"bp-diagnosis": "no", "bp-controlled": "no"}

    assert response(answers).enabled == {"bp-diagnosis": "no"}
    assert response({**answers, "bp-diagnosis": "yes"}).enabled == {
        "bp-diagnosis": "yes",
        "bp-controlled": "no",
    }


def test_switched_off_answer_switches_off_what_hangs_on_it():
    chain = {"sex-assigned": "male", "pregnant-now": "no", "pregnancy-possible": "yes", "trying-pregnant": "yes"}

    assert response(chain).enabled == {"sex-assigned": "male"}


@pytest.mark.parametrize(
    ("changes", "asked", "expected"),
    [
        ({"sex-assigned": None}, "pregnant-now", False),
        ({"sex-assigned": "prefer-not-to-say"}, "pregnant-now", True),
        ({"pregnant-now": None}, "pregnancy-possible", False),
        ({"preferred-language": None}, "interpreter-needed", False),
        ({"preferred-language": "other"}, "interpreter-needed", True),
        ({"visit-reason": ["anxiety"]}, "gad7-q1", True),
        ({"visit-reason": ["long-term-pain"]}, "gad7-q1", False),
        ({"visit-reason": ["thoughts-of-suicide"]}, "gad7-q7", True),
        ({"visit-reason": ["thoughts-of-suicide"]}, "antidepressant-trials", False),
        ({"phq9-q4": "LA6569-3"}, "phq9-difficulty", True),
        ({}, "phq9-difficulty", False),
        ({"prior-ketamine": "no", "other-treatments": ["esketamine"]}, "prior-ketamine-reaction", True),
        ({"psychosis-ever": "not-sure"}, "psychosis-now", True),
        ({"auditc-q1": None}, "auditc-q2", False),
        ({"auditc-q1": "LA18926-8"}, "auditc-q3", True),
        ({"ack-risks": False}, "signature-name", False),
        ({"escort-arranged": "ride-with-adult"}, "escort-phone", True),
        ({"escort-arranged": "ride-alone"}, "escort-name", False),
    ],
)
def test_question_is_asked_when_its_condition_holds(changes, asked, expected):
    assert (asked in {item.link_id for item in response(complete_answers(changes)).asked}) is expected


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({"sex-assigned": "male", "phq9-q1": "LA6569-3"}, 109),
        (
            {
                "bp-diagnosis": "yes",
                "phq9-q1": "LA6569-3",
                "safety-q2": "yes",
                "auditc-q1": "LA18926-8",
                "visit-reason": ["depression"],
                "pregnancy-possible": "yes",
            },
            119,
        ),
        (
            {
                "visit-reason": ["depression", "ptsd", "long-term-pain", "other"],
                "preferred-language": "other",
                "phq9-q1": "LA6569-3",
                "safety-q2": "yes",
                "safety-q6": "yes",
                "bp-diagnosis": "yes",
                "seizures": "yes",
                "liver-disease": "yes",
                "kidney-disease": "yes",
                "thyroid-problem": "yes",
                "sleep-apnea": "yes",
                "psychosis-ever": "yes",
                "pregnancy-possible": "yes",
                "auditc-q1": "LA18926-8",
                "ketamine-misuse": "yes",
                "prior-ketamine": "yes",
            },
            138,
        ),
    ],
)
def test_number_of_questions_shown_to_three_people(changes, count):
    assert len(response(complete_answers(changes)).asked) == count


def test_helper_sees_two_more():
    one = response(complete_answers()).asked
    other = response(complete_answers({"filled-by": "proxy"})).asked

    assert len(other) == len(one) + 2


def test_missing_is_what_is_required_asked_and_not_answered():
    assert response(complete_answers()).missing == ()
    assert response(
        complete_answers({"legal-name": " ", "bp-systolic": None, "seizures": "yes", "seizure-last-year": None}),
    ).missing == ("legal-name", "seizure-last-year")
    assert response(complete_answers({"ack-truth": False})).missing == ("ack-truth",)


def test_answer_that_cannot_be_read_never_hides_a_question():
    answers = complete_answers({"seizures": "perhaps"})

    assert "seizure-last-year" in {item.link_id for item in response(answers).asked}


# Words


@pytest.mark.parametrize(
    ("link_id", "value", "words"),
    [
        ("seizures", "not-sure", "Not sure"),
        ("visit-reason", ["depression", "ptsd"], "Depression, PTSD or trauma"),
        ("date-of-birth", "1986-05-07", "May 7, 1986"),
        ("weight-value", {"value": 180.5, "unit": "lb"}, "180.5 lb"),
        ("weight-value", {"value": 100, "unit": "[lb_av]"}, "100 lb"),
        ("height-value", {"value": 70, "unit": "in"}, "5 ft 10 in"),
        ("height-value", cm(170), "170 cm"),
        ("bp-systolic", mmhg(120), "120 mmHg"),
        ("ack-truth", True, "Yes, I agree"),
        ("ack-truth", False, "Not checked"),
        ("legal-name", "Ana\u0301", "Ana\u0301"),
        ("phq9-q1", "LA6570-1", "More than half the days"),
        ("legal-name", None, ""),
    ],
)
def test_answer_in_words(link_id, value, words):
    assert display_value(definition().items[link_id], value) == words


def test_rows_hold_each_question_asked_with_its_answer_by_section():
    rows = complete_response({"current-clinician": None, "visit-reason": ["ocd"]}).rows()
    reasons = next(part for part in rows if part.section.link_id == "why-you-are-coming")

    assert [(row.question, row.words, row.is_missing) for row in reasons.rows] == [
        ("What would you like help with? Check all that apply.", "OCD", False),
        ("How long have you had this problem?", "Over 1 year", False),
        ("How many antidepressants have you tried for this?", "3 or more", False),
        ("What other treatments have you had? Check all that apply.", "Talk therapy", False),
        ("Do you see a doctor or therapist for this now?", "", True),
    ]
    assert [row.page.link_id for row in reasons.rows][:2] == ["reasons", "treatment-so-far"]


def test_section_without_a_question_has_no_rows():
    rows = complete_response({"sex-assigned": "male"}).rows()

    assert "pregnancy" not in {part.section.link_id for part in rows}


def test_helper_is_asked_for_their_own_signature():
    item = definition().questions["signature-name"]

    assert response({"filled-by": "proxy"}).text_of(item) == "Type your own full name."
    assert response({"filled-by": "helped"}).text_of(item) == "Type your full name to sign."


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\ufeff", "\u3164", "\u2060 \u200b", "\u202e", "\u200d"])
def test_text_that_nobody_can_see_is_blank(unseen):
    assert parsed(legal_name=unseen, other_allergies=unseen) == {}
    assert response({"legal-name": unseen}).enabled == {}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ann\u202eeel", "Anneel"),
        ("\ufeffAnn", "Ann"),
        ("So\u00adphie", "Sophie"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("क्\u200dष", "क्\u200dष"),
        ("Ann\u200d", "Ann"),
    ],
)
def test_signs_that_turn_or_hide_are_taken_out_and_joiners_stay(typed, kept):
    assert parsed(legal_name=typed) == {"legal-name": kept}


@pytest.mark.parametrize("said", ["x", "<b>", "'", "maybe"])
def test_nothing_that_was_posted_is_said_back_as_the_program_writes_it(said):
    wrong = {"seizures": said, "visit-reason": [said], "weight-value": {"value": 70, "unit": said}, "birth-date": said}
    wrong |= {"bp-systolic": {"value": said, "unit": "mmHg"}, "height-value": said, "ack-truth": said}

    told = {link_id: refused(link_id, value) for link_id, value in wrong.items()}

    assert told["seizures"] == told["visit-reason"] == "Choose one of the answers shown."
    assert [text for text in told.values() if repr(said) in text or repr(wrong["visit-reason"]) in text] == []
    assert (told["weight-value"], told["bp-systolic"]) == ("Choose a unit: lb, kg.", "Enter a number.")
