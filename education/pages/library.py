"""Everything of one language that pages are drawn from, fetched in two queries."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import msgspec
from django.db.models import CharField, F, JSONField, QuerySet, Value
from django.db.models.functions import JSONObject
from msgspec import Struct

from education.models import Claim, FaqEntry, FigureFacts, GlossaryTerm, Page, Reference
from education.pages.figures.drawing import Figure, draw
from education.pages.figures.facts import read_facts

PIECES: tuple[type[Any], ...] = (Claim, Reference, GlossaryTerm, FigureFacts)
AND_ANSWERS: tuple[type[Any], ...] = (*PIECES, FaqEntry)


class Library(Struct, dict=True):
    """The published pages of a language, and the claims, sources, words and figures of which they are made."""

    language: str
    said: Mapping[str, str]
    kinds: tuple[type[Any], ...] = PIECES

    @cached_property
    def pages(self) -> dict[str, Page]:
        return {page.slug: page for page in Page.objects.published(self.language)}

    @cached_property
    def pieces(self) -> dict[str, dict[str, Any]]:
        """All pieces by folder and name, in one query."""
        found: dict[str, dict[str, Any]] = {model.folder: {} for model in self.kinds}
        models = {model.folder: model for model in self.kinds}
        first, *rest = (piece_rows(model, self.language) for model in self.kinds)
        for folder, values in first.union(*rest, all=True):
            row = row_of(models[folder], values)
            found[folder][getattr(row, row.identity)] = row
        return found

    @cached_property
    def claims(self) -> dict[str, Claim]:
        rows: dict[str, Claim] = self.pieces[Claim.folder]
        return dict(sorted(rows.items(), key=lambda row: (row[1].position, row[0])))

    @property
    def words(self) -> dict[str, str]:
        """What claims and settings print, by name."""
        return {name: claim.statement for name, claim in self.claims.items()} | dict(self.said)

    @cached_property
    def references(self) -> dict[str, Reference]:
        return dict(sorted(self.pieces[Reference.folder].items()))

    @cached_property
    def terms(self) -> dict[str, GlossaryTerm]:
        return dict(sorted(self.pieces[GlossaryTerm.folder].items()))

    @property
    def answers(self) -> list[FaqEntry]:
        return sorted(self.pieces[FaqEntry.folder].values(), key=lambda entry: (entry.position, entry.faq_id))

    @cached_property
    def figure_rows(self) -> dict[str, FigureFacts]:
        return self.pieces[FigureFacts.folder]

    def put(self, row: Any) -> None:
        """Let a row that is not public yet stand among the pieces."""
        self.pieces[row.folder][getattr(row, row.identity)] = row

    def figure(self, name: str) -> Figure | None:
        row = self.figure_rows.get(name)
        return draw(name, read_facts(msgspec.yaml.decode(row.body))) if row else None


def piece_rows(model: type[Any], language: str) -> QuerySet[Any]:
    """Return rows as their folder and one JSON object, so that several tables fit one query."""
    unread = ("edited_at", "is_published")
    fields = {field.attname: F(field.attname) for field in model._meta.concrete_fields if field.name not in unread}
    rows: QuerySet[Any] = model.objects.published(language).order_by()
    folder = Value(model.folder, output_field=CharField())
    rows = rows.annotate(folder_name=folder, values_of_row=JSONObject(**fields))
    return rows.values_list("folder_name", "values_of_row")


def row_of(model: type[Any], values: dict[str, Any]) -> Any:
    """Return the row of such an object; SQLite gives a list inside it as text."""
    for field in model._meta.concrete_fields:
        if isinstance(field, JSONField) and isinstance(values.get(field.attname), str):
            values[field.attname] = json.loads(values[field.attname])
    return model(**values)
