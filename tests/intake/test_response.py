import sys
from random import Random

import pytest

from intake.response.response import Response, State
from intake.screening.engine import journey_ends, screen
from tests.intake import cases_v2
from tests.intake.cases import TODAY, complete_answers, complete_response, definition, response


def page(slug, changes=None):
    return complete_response(changes).page(slug)


def states(answers):
    return {state.section.link_id: state.state for state in response(answers).sections}


def test_walk_forward_and_back_passes_every_page_shown():
    answers = complete_answers({"filled-by": "proxy", "seizures": "yes"})
    form = response(answers)
    pages = [form.pages[0]]
    while following := form.after(pages[-1]):
        pages.append(following)
    back = [pages[-1]]
    while before := form.before(back[-1]):
        back.append(before)

    assert pages == list(form.pages) == back[::-1]
    assert {"helper", "seizures-lately"} <= {here.link_id for here in pages}
    assert pages[-1].link_id == "signature"


def test_page_holds_only_the_questions_asked():
    assert [item.link_id for item in page("language-help", {"preferred-language": "spanish"}).items] == [
        "interpreter-needed"
    ]
    assert [item.link_id for item in page("language-help", {"preferred-language": "other"}).items] == [
        "preferred-language-other",
        "interpreter-needed",
    ]


@pytest.mark.parametrize("slug", ["language-help", "helper", "worry-9", "filled-by", ""])
def test_page_without_a_question_for_these_answers_is_not_found(slug):
    assert page(slug) is None


def test_page_that_lost_its_condition_still_leads_on():
    here = page("helper", {"filled-by": "proxy"})
    form = complete_response({"filled-by": "self"})

    assert form.after(here).link_id == "birth-date"
    assert form.before(here).link_id == "who-fills-in"


def test_follow_up_comes_on_a_later_page():
    order = [here.link_id for here in definition().pages]
    for here in definition().pages:
        for item in here.items:
            for question in item.enable_when.questions() if item.enable_when else ():
                assert order.index(definition().page_of[question].link_id) < order.index(here.link_id)


def test_first_unanswered_asks_only_what_became_necessary():
    answers = complete_answers({"bp-diagnosis": "yes", "bp-controlled": None})

    assert response(answers).first_open.link_id == "blood-pressure-numbers"
    assert response({}).first_open.link_id == "who-fills-in"
    assert response(complete_answers()).first_open is None
    assert response(complete_answers({"ack-driving": False})).first_open.link_id == "your-agreement"


def test_sections_are_not_started_in_progress_or_done():
    assert set(states({}).values()) == {State.NOT_STARTED}
    assert "pregnancy" not in states({})
    assert set(states(complete_answers()).values()) == {State.DONE}
    assert len(states(complete_answers())) == 12
    assert states({"filled-by": "self"})["before-you-start"] is State.IN_PROGRESS


def test_section_leads_to_what_is_open_in_it():
    about = next(
        state for state in complete_response({"weight-value": None}).sections if state.section.link_id == "about-you"
    )

    assert about.state is State.IN_PROGRESS
    assert about.next_page.link_id == "weight-and-height"
    assert about.pages[0].link_id == "your-name"


@pytest.mark.parametrize(
    ("birth", "ends"),
    [
        ("2008-11-22", True),
        ("2008-11-21", False),
        ("1986-05-17", False),
        (None, False),
        ("", False),
    ],
)
def test_birth_date_under_18_ends_the_journey(birth, ends):
    assert journey_ends(response({"date-of-birth": birth}), as_of=TODAY) is ends


def test_no_driving_notice_and_its_questions_come_before_the_agreement():
    order = [here.link_id for here in definition().pages]

    assert order[-3:] == ["driving-notice", "your-agreement", "signature"]
    assert [item.link_id for item in page("driving-notice").items] == ["tb-1", "tb-2", "tb-3"]


def test_questions_are_walked_once_whatever_is_asked_of_a_form():
    form = complete_response({"filled-by": "proxy", "seizures": "yes"})
    walks = 0

    def count(frame, event, argument):
        nonlocal walks
        walks += event == "call" and frame.f_code.co_name == "walk_form"

    sys.setprofile(count)
    try:
        here = form.pages[3]
        for name in ("pages", "sections", "first_open", "asked", "enabled", "missing", "ignored", "is_complete"):
            getattr(form, name)
        form.after(here), form.before(here), form.rows()
        form.text_of(definition().questions["signature-name"])
        screen(form, as_of=TODAY)
        journey_ends(form, as_of=TODAY)
    finally:
        sys.setprofile(None)

    assert walks == 1


@pytest.mark.parametrize("form", [complete_response(), cases_v2.response()], ids=["version 1", "version 2"])
def test_a_form_with_other_answers_is_what_it_would_be_without_the_one_before(form):
    """In version 1 a page hangs on one that hangs on another."""
    chance, definition, met = Random(7), form.definition, set()
    for page in chance.choices(definition.pages, k=400):
        answers = dict(form.answers)
        for item in page.items:
            answers.pop(item.link_id, None)
            if item.type == "choice" and chance.random() < 0.9:
                code = chance.choice(item.options).code
                answers[item.link_id] = [code] if item.repeats else code
            if item.type == "boolean" and chance.random() < 0.9:
                answers[item.link_id] = chance.random() < 0.5
        form, anew = form.with_answers(answers), Response(definition, answers)
        met.add(form.asked)

        assert form.walk == anew.walk
        assert form.values == anew.values

    assert len(met) > 50  # so it was not one form all the time
