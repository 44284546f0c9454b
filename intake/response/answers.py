"""The answers to a form as a JSON object: each by itself, and which do not go together."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from intake.definition.comparisons import is_none_word
from intake.definition.model import Answer, Answers, Definition, Item
from intake.definition.units import quantity_in_base_unit
from intake.response.values import AnswerError, clean_value, is_blank


def parse_answers(definition: Definition, raw: object, *, today: date) -> dict[str, Answer]:
    """Check every answer of a JSON object, leave out the blank ones, and return them by path.

    Raises AnswerError for the first one that cannot be taken, in the object's order.
    """
    if not isinstance(raw, Mapping):
        raise AnswerError("answers", _("The answers are not a JSON object."))
    answers: dict[str, Answer] = {}
    for link_id, value in raw.items():
        if link_id in definition.groups:
            answers.update(_parse_rows(definition.groups[link_id], value, today))
            continue
        if link_id in definition.computed:
            raise AnswerError(link_id, _("This is computed and takes no answer."))
        if link_id in definition.other_link_ids:
            raise AnswerError(link_id, _("This is not a question and takes no answer."))
        if link_id not in definition.questions:
            raise AnswerError(str(link_id), _("There is no question with this link id."))
        if link_id in definition.group_of:
            raise AnswerError(link_id, _("This stands in the rows of another link id."))
        cleaned = clean_value(definition.questions[link_id], value, today=today)
        if cleaned is not None:
            answers[link_id] = cleaned
    for error in errors_between(definition, answers):
        raise error
    return answers


def _parse_rows(group: Item, raw: object, today: date) -> dict[str, Answer]:
    if raw is None:
        return {}
    if not isinstance(raw, list) or not all(isinstance(row, Mapping) for row in raw):
        raise AnswerError(group.link_id, _("Give a list of rows."))
    if len(raw) > group.max_rows:
        raise AnswerError(group.link_id, _("Give %(most)d rows or fewer.") % {"most": group.max_rows})
    items = {item.link_id: item for item in group.items}
    answers: dict[str, Answer] = {}
    for number, row in enumerate(raw):
        for link_id, value in row.items():
            path = f"{group.link_id}[{number}].{link_id}"
            if link_id not in items:
                raise AnswerError(path, _("There is no question with this link id."))
            try:
                cleaned = clean_value(items[link_id], value, today=today)
            except AnswerError as error:
                raise AnswerError(path, error.message) from None
            if cleaned is not None:
                answers[path] = cleaned
    return answers


def errors_between(definition: Definition, answers: Answers) -> list[AnswerError]:
    """Find the answers that do not go together with another one."""
    errors = []
    for item in definition.questions.values():
        if item.below and item.link_id in answers and item.below in answers:
            lower = quantity_in_base_unit(answers[item.link_id])[0]
            upper = quantity_in_base_unit(answers[item.below])[0]
            if lower >= upper:
                errors.append(
                    AnswerError(item.link_id, _("Check the two numbers. The bottom number is the lower one."))
                )
        if item.not_with and answers.get(item.link_id) not in (None, False):
            other, text = item.not_with
            paths = [path for path in answers if path.rpartition(".")[2] == other and not is_blank(answers[path])]
            if paths := [path for path in paths if not is_none_word(definition, str(answers[path]))]:
                errors.append(AnswerError(f"{item.link_id}, {paths[0]}", text))
    return errors
