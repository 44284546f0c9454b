"""The no-driving questions: which are still asked, what is said to each answer, when signing opens. Pure."""

from msgspec import Struct

from intake.definition.model import BY_PHONE, Answers, Definition, Item, QuestionPage
from intake.response.journey import Journey
from intake.screening.history import WRONG_TRIES, wrong_tries


class Question(Struct, frozen=True):
    """One no-driving question as it stands after the tries so far."""

    item: Item
    chosen: str  # in words; empty before the first try
    feedback: str
    is_right: bool
    right_answer: str  # in words, only once it may be shown


def is_teach_back(definition: Definition, page: QuestionPage) -> bool:
    return any(item.link_id in definition.teach_back for item in page.items)


def find_teach_back(definition: Definition) -> QuestionPage:
    """Return the page that shows the notice and asks about it."""
    return next(page for page in definition.pages if is_teach_back(definition, page))


def agrees_to_drive_not(definition: Definition, page: QuestionPage) -> bool:
    """Say whether the page holds the no-driving agreement."""
    return any(item.role == "driving-agreement" for item in page.items)


def is_right(definition: Definition, answers: Answers, link_id: str) -> bool:
    return answers.get(link_id) == definition.teach_back[link_id].correct


def still_asked(definition: Definition, answers: Answers) -> list[Item]:
    """Return the questions that are not right yet; a right answer stays right."""
    return [definition.questions[q] for q in definition.teach_back if not is_right(definition, answers, q)]


def needs_call(definition: Definition, answers: Answers, journey: Journey) -> bool:
    """Say whether one question was wrong three times, or the person chose to go over it by phone."""
    return any(
        answers.get(q) == BY_PHONE or wrong_tries(definition, q, journey.codes_tried(q)) >= WRONG_TRIES
        for q in definition.teach_back
    )


def can_sign(definition: Definition, answers: Answers, journey: Journey) -> bool:
    """Say whether the driving agreement is open."""
    return not still_asked(definition, answers) or needs_call(definition, answers, journey)


def questions(definition: Definition, answers: Answers, journey: Journey) -> list[Question]:
    """Return each question with what was chosen last and what we say to it."""
    shows_right_answers = needs_call(definition, answers, journey)
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
    """Return the answers that say: please go over this with me by phone."""
    return {item.link_id: BY_PHONE for item in still_asked(definition, answers)}
