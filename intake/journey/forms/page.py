"""The form of a page of questions: fields by path, what is missing, and what does not go together."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from clinic.web.links import learn_url
from intake.definition.model import BY_PHONE, Answer, Item, Option, QuestionPage
from intake.journey.forms.builders import field_for
from intake.journey.forms.fields import ActField, AnswerField, ChoiceAnswerField, names_id
from intake.journey.forms.widgets import Hidden, draw_names
from intake.response.answers import errors_between
from intake.response.response import Response

MISSING = "required"  # the code of an error that only says: not answered yet


class Question(Struct, frozen=True):
    """A question as it stands on the page: one field, or rows of fields."""

    item: Item
    field: BoundField | None
    rows: tuple[tuple[str, list[BoundField]], ...]  # each with its name, such as 'Medicine 1'
    can_grow: bool
    is_act: bool
    why: str
    learn_url: str

    @property
    def is_plain(self) -> bool:
        """Say whether it is one field and nothing else."""
        item = self.item
        return not (
            self.rows
            or self.is_act
            or self.why
            or self.learn_url
            or item.role == "signature"
            or item.closed
            or item.is_long_text
        )


class PageForm(forms.Form):
    """The questions of one page, each built by its type and control, and the revision they were shown at."""

    use_required_attribute = False
    revision = forms.CharField(required=False, widget=Hidden())

    def __init__(
        self,
        data: QueryDict | None,
        page: QuestionPage,
        response: Response,
        *,
        revision: int,
        today: date,
        more_rows: int = 0,
    ) -> None:
        super().__init__(data, initial={**response.answers, "revision": revision})
        self.page = page
        self.response = response
        self.today = today
        self.more_rows = more_rows
        self.given: dict[str, Answer | None] = {}
        self.paths = {item.link_id: self.paths_of(item) for item in page.items}
        for item in page.items:
            for path in self.paths[item.link_id]:
                question = response.definition.questions[path.rpartition(".")[2]]
                field = self.fields[path] = self.build_field(question)
                if item.is_group:
                    field.label = response.text_of(question)  # a row may stay empty: nothing in it needs the word
                    field.full_label = response.question_at(path)

    def build_field(self, item: Item) -> AnswerField:
        return field_for(item, self.response, self.today)

    def paths_of(self, item: Item) -> list[str]:
        """Return the paths of a question's fields: one, or in a repeated group one a row and question."""
        if not item.is_group:
            return [item.link_id]
        row = re.compile(rf"{re.escape(item.link_id)}\[(\d{{1,3}})\]\.")
        used = self.response.row_numbers(item)
        used += [int(found[1]) for name in self.data or () if (found := row.match(name))]
        rows = min(max([item.rows, *(number + 1 for number in used)]) + self.more_rows, item.max_rows)
        return [f"{item.link_id}[{number}].{one.link_id}" for number in range(rows) for one in item.items]

    def clean(self) -> dict[str, Any]:
        """Find what is missing, and what does not go together: of that nothing is kept."""
        self.given = {path: self.cleaned_data[path] for path in self.fields if path in self.cleaned_data}
        self.given.pop("revision", None)
        for error in errors_between(self.response.definition, self.after.answers):
            paths = [path for path in error.link_id.split(", ") if path in self.fields]
            for path in paths[:1]:
                self.add_error(path, error.message)
                item = self.response.definition.questions.get(path)
                self.given.pop(item.below if item else "", None)
        for path in self.after.missing:
            field = path if path in self.fields else self.first_field(path)
            if field and field not in self.errors:
                self.add_error(field, ValidationError(self.words_for_missing(path, field), code=MISSING))
        return self.cleaned_data

    def words_for_missing(self, path: str, field: str) -> Any:
        """Say what to do about a blank; of rows also which box will do as well."""
        questions = self.response.definition.questions
        group = self.response.definition.groups.get(path)
        boxes = (
            [questions[other].text for other in group.answered_by if questions[other].type == "boolean"]
            if group
            else []
        )
        if boxes:
            return _("Enter an answer, or check the box “%(box)s”.") % {"box": boxes[0]}
        return self.fields[field].missing  # type: ignore[attr-defined]

    def first_field(self, group: str) -> str:
        """Return the first field of a repeated group on this page; empty when it is not here."""
        return next(iter(self.paths.get(group, ())), "")

    @cached_property
    def after(self) -> Response:
        """Return the form as it would stand with what is valid here."""
        merged = {**self.response.answers, **self.given}
        return self.response.with_answers({path: value for path, value in merged.items() if value is not None})

    def is_wrong(self, path: str) -> bool:
        return any(error.code != MISSING for error in self.errors.as_data().get(path, ()))

    def valid_answers(self) -> dict[str, Answer | None]:
        """Return the answers that can be kept, None for one that was left blank; what is wrong is left out.

        Reads `errors` first, so that the form is cleaned.
        """
        if self.errors:
            return {path: value for path, value in self.given.items() if not self.is_wrong(path)}
        return self.compact()

    def compact(self) -> dict[str, Answer | None]:
        """Return the answers with the blank rows of a repeated group closed up."""
        answers = dict(self.given)
        for item in self.page.items:
            if not item.is_group:
                continue
            paths = self.paths[item.link_id]
            width = len(item.items)
            rows = [paths[start : start + width] for start in range(0, len(paths), width)]
            answers_of = ([self.given.get(path) for path in row] for row in rows)
            filled = [values for values in answers_of if any(value is not None for value in values)]
            for number, row in enumerate(rows):
                values = filled[number] if number < len(filled) else [None] * width
                answers.update(zip(row, values, strict=True))
        return answers

    def has_only_blanks(self) -> bool:
        """Say whether nothing is wrong but questions not answered yet."""
        return all(error.code == MISSING for errors in self.errors.as_data().values() for error in errors)

    def forgive_blanks(self) -> None:
        """Show the page again without asking yet for what is missing."""
        self._errors = ErrorDict({path: errors for path, errors in self.errors.items() if self.is_wrong(path)})

    def questions(self) -> Iterator[Question]:
        for item in self.page.items:
            paths = self.paths[item.link_id]
            url = learn_url(item.learn) if item.learn else ""
            rows: list[tuple[str, list[BoundField]]] = []
            if item.is_group:
                width = len(item.items)
                for start in range(0, len(paths), width):
                    name = f"{item.row_name or item.text} {start // width + 1}"
                    rows.append((name, [self[path] for path in paths[start : start + width]]))
            field = None if item.is_group else self[item.link_id]
            is_act = field is not None and isinstance(field.field, ActField)
            yield Question(item, field, tuple(rows), len(rows) < item.max_rows, is_act, item.why, url)

    def names(self) -> Iterator[SafeString]:
        """Return the lists that are offered while typing, each once."""
        medicines = self.response.definition.medicines
        for item in (one for top in self.page.items for one in (top, *top.items)):
            names = medicines.offered if item.suggest_list and medicines else item.suggestions
            if names:
                yield draw_names(names_id(item), names)

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        return True if isinstance(field, ActField) else super().get_initial_for_field(field, field_name)


class TeachBackField(ChoiceAnswerField):
    """A no-driving question: going over it by phone is a button of its own, not one of the answers."""

    missing = _("Choose an answer. It is OK to choose “I'm not sure”.")

    @cached_property
    def options(self) -> tuple[Option, ...]:
        return tuple(option for option in self.item.options if option.code != BY_PHONE)

    def clean(self, value: Any) -> Answer | None:
        return None if value == BY_PHONE else super().clean(value)


class TeachBackForm(PageForm):
    """The no-driving questions that are not right yet, with nothing chosen."""

    def build_field(self, item: Item) -> AnswerField:
        return TeachBackField(item, self.response, self.today)

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        # Each try starts clean; what was chosen last stands beside the question in words.
        return super().get_initial_for_field(field, field_name) if field_name == "revision" else None
