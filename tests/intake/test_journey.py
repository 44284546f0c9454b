from datetime import UTC, datetime

import pytest

from intake.journey.crisis_help import note_help
from intake.journey.sending import journey_of
from intake.response.journey import Journey as Way
from intake.screening.engine import screen
from intake.screening.history import Journey, change_flags, screen_submission, tries_flags, wrong_tries
from tests.intake.cases import SEVERAL_DAYS, TODAY, complete_answers, complete_response, definition, response

RIGHT = {"tb-1": ["tuesday-after-4pm"], "tb-2": ["named-adult"], "tb-3": ["do-not-drive"]}


def after(*steps):
    """Screen the steps of a journey and give the record and the last screening."""
    journey = Way()
    for changes in steps:
        screening = screen(response(complete_answers(changes)), as_of=TODAY)
        journey = note_help(journey, definition(), screening, datetime(2026, 11, 22, tzinfo=UTC), 0)
    return journey_of(journey.to_json()).crisis, screening


def changed(*steps):
    return [flag.rule for flag in change_flags(definition(), *after(*steps))]


@pytest.mark.parametrize(
    ("before", "later", "expected"),
    [
        ({"phq9-q9": SEVERAL_DAYS}, {}, ["SR-CHANGED"]),
        ({"safety-q2": "yes", "safety-q3": "yes"}, {"safety-q2": "yes"}, ["SR-CHANGED"]),
        ({"visit-reason": ["depression", "thoughts-of-suicide"]}, {}, ["SR-CHANGED"]),
        ({"safety-q2": "in-person"}, {}, ["SR-CHANGED"]),
        ({"safety-q2": "yes"}, {}, ["SR-CHANGED"]),
        ({"harm-others": "yes"}, {}, ["SR-CHANGED"]),
        ({"harm-others": "in-person"}, {}, ["SR-CHANGED"]),
        ({"safety-q2": "yes", "safety-q4": "yes"}, {"safety-q2": "yes"}, ["SR-CHANGED-HIGH"]),
        ({"safety-q6": "yes", "safety-q6-recent": "yes"}, {"safety-q6": "yes"}, ["SR-CHANGED-HIGH"]),
        ({"safe-now": "not-sure"}, {}, ["SR-CHANGED-HIGH"]),
        ({"chest-pain-now": "yes"}, {}, ["SR-CHANGED-EMERGENCY"]),
        (
            {"safe-now": "no", "chest-pain-now": "yes", "phq9-q9": SEVERAL_DAYS},
            {},
            ["SR-CHANGED", "SR-CHANGED-HIGH", "SR-CHANGED-EMERGENCY"],
        ),
        # Not a change: the answer stands, or another rule only silences it
        ({"safe-now": "no"}, {"safe-now": "not-sure"}, []),
        ({"safety-q2": "yes"}, {"safety-q2": "yes", "safety-q4": "yes"}, []),
        ({"safety-q2": "yes", "safety-q3": "yes"}, {"safety-q2": "yes", "safety-q3": "yes", "safety-q4": "yes"}, []),
        ({"harm-others": "yes"}, {"harm-others": "in-person"}, []),
        # A review rule is not kept
        ({"safety-q1": "yes"}, {}, []),
        ({"safety-q1": "in-person"}, {"safety-q1": "no"}, []),
        # 'In person' changed to an answer that another crisis rule now stands on
        ({"safety-q2": "in-person"}, {"safety-q2": "yes"}, []),
        ({"safety-q2": "yes", "safety-q4": "in-person"}, {"safety-q2": "yes", "safety-q4": "yes"}, []),
        ({"safety-q6": "yes", "safety-q6-recent": "in-person"}, {"safety-q6": "yes", "safety-q6-recent": "yes"}, []),
        # ... and otherwise it is a change
        ({"safety-q2": "yes", "safety-q4": "in-person"}, {"safety-q2": "yes", "safety-q4": "no"}, ["SR-CHANGED"]),
        ({"safety-q2": "yes", "safety-q3": "in-person"}, {"safety-q2": "yes", "safety-q4": "yes"}, ["SR-CHANGED"]),
        ({"safety-q2": "yes"}, {"safety-q2": "in-person"}, ["SR-CHANGED"]),
        # A follow-up that is no longer asked took its answer with it
        ({"safety-q2": "yes", "safety-q3": "yes"}, {"safety-q2": "no", "safety-q3": "yes"}, ["SR-CHANGED"]),
    ],
)
def test_crisis_answer_changed_on_the_way(before, later, expected):
    assert changed(before, later) == expected


def test_crisis_rule_silenced_by_another_is_remembered_too():
    record, _screening = after({"safety-q2": "yes", "safety-q3": "yes", "safety-q4": "yes"})

    assert record == {"SR-C2": ["safety-q4"], "SR-C6": ["safety-q3"], "SR-C12": ["safety-q2"]}


def test_record_is_never_taken_back_and_gathers_questions():
    record, _screening = after({"safety-q2": "in-person"}, {}, {"safety-q2": "yes", "safety-q5": "in-person"})

    assert record == {"SR-C11": ["safety-q2", "safety-q5"], "SR-C12": ["safety-q2"]}


def test_change_names_the_rules_and_shows_the_answers_of_now():
    (flag,) = change_flags(definition(), *after({"phq9-q9": SEVERAL_DAYS, "harm-others": "yes"}, {}))

    assert flag.reason == "A safety answer was changed after help was shown (SR-C1, SR-C13)"
    assert flag.answers == {"phq9-q9": "LA6568-5", "harm-others": "no"}


def test_wrong_tries_count_not_sure_but_not_the_telephone():
    codes = ["monday-evening", "not-sure", "by-phone", "tuesday-after-4pm"]

    assert wrong_tries(definition(), "tb-1", codes) == 2


@pytest.mark.parametrize(
    ("tries", "expected"),
    [
        (RIGHT, []),
        ({**RIGHT, "tb-1": ["not-sure", "not-sure", "tuesday-after-4pm"]}, []),
        ({**RIGHT, "tb-1": ["not-sure", "tuesday-morning", "not-sure", "tuesday-after-4pm"]}, ["SR-V9"]),
        ({**RIGHT, "tb-1": ["not-sure", "not-sure", "tuesday-after-4pm"], "tb-2": ["not-sure", "named-adult"]}, []),
    ],
)
def test_three_wrong_tries_on_one_question_are_for_review_though_right_later(tries, expected):
    screening = screen(response(complete_answers()), as_of=TODAY)

    assert [flag.rule for flag in tries_flags(definition(), tries, screening)] == expected


def test_submission_is_screened_with_its_journey_and_sv9_is_raised_once():
    record, _screening = after({"safe-now": "no"})
    journey = Journey(record, {"tb-3": ["not-sure", "not-sure", "not-sure"]})

    screening = screen_submission(complete_response({"tb-3": "by-phone", "med-bp": "yes"}), journey, as_of=TODAY)

    assert screening.rules == ("SR-CHANGED-HIGH", "SR-V9", "SR-M10")


def test_screen_alone_never_raises_a_change():
    assert not {rule for rule in screen(response({}), as_of=TODAY).rules if rule.startswith("SR-CHANGED")}
