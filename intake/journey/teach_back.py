"""The no-driving questions: which are still asked, what is said to each answer, when signing opens. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from intake.definition.model import BY_PHONE, Answers, Definition, Item, QuestionPage
from intake.screening.history import WRONG_TRIES, wrong_tries

ACK_DRIVING = "ack-driving"

Tries = Sequence[Mapping[str, Any]]  # each {"at": time, "revision": number, "answers": {link_id: code}}


@dataclass(frozen=True)
class Question:
    """One no-driving question as it stands after the tries so far."""

    item: Item
    chosen: str  # in words; empty before the first try
    feedback: str
    is_right: bool
    right_answer: str  # in words, only once it may be shown


def is_teach_back(definition: Definition, page: QuestionPage) -> bool:
    return any(item.link_id in definition.teach_back for item in page.items)


def find_teach_back(definition: Definition) -> QuestionPage:
    """Give the page that shows the notice and asks about it."""
    return next(page for page in definition.pages if is_teach_back(definition, page))


def is_right(definition: Definition, answers: Answers, link_id: str) -> bool:
    return answers.get(link_id) == definition.teach_back[link_id].correct


def still_asked(definition: Definition, answers: Answers) -> list[Item]:
    """Give the questions that are not right yet; a right answer stays right."""
    return [definition.questions[q] for q in definition.teach_back if not is_right(definition, answers, q)]


def needs_call(definition: Definition, answers: Answers, tries: Tries) -> bool:
    """Say whether one question was wrong three times, or the person chose to go over it by phone."""
    return any(
        answers.get(q) == BY_PHONE or wrong_tries(definition, q, codes_of(tries, q)) >= WRONG_TRIES
        for q in definition.teach_back
    )


def can_sign(definition: Definition, answers: Answers, tries: Tries) -> bool:
    """Say whether the driving agreement is open."""
    return not still_asked(definition, answers) or needs_call(definition, answers, tries)


def codes_of(tries: Tries, link_id: str) -> list[str]:
    """Give what was answered to one question, try by try."""
    return [one_try["answers"][link_id] for one_try in tries if link_id in one_try["answers"]]


def questions(definition: Definition, answers: Answers, tries: Tries) -> list[Question]:
    """Give each question with what was chosen last and what we say to it."""
    shows_right_answers = needs_call(definition, answers, tries)
    found = []
    for link_id, teach_back in definition.teach_back.items():
        item = definition.questions[link_id]
        code = str(answers.get(link_id, ""))
        right = code == teach_back.correct
        found.append(
            Question(
                item=item,
                chosen=item.option_by_code[code].label if code in item.option_by_code else "",
                feedback=teach_back.feedback(code),
                is_right=right,
                right_answer=item.option_by_code[teach_back.correct].label if right or shows_right_answers else "",
            )
        )
    return found


def by_phone(definition: Definition, answers: Answers) -> dict[str, str]:
    """Give the answers that say: please go over this with me by phone."""
    return {item.link_id: BY_PHONE for item in still_asked(definition, answers)}
