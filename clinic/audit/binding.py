"""Rows that an audit entry vouches for: what was changed, added or deleted behind the application's back is found.

A deed writes its rows through `record_rows`: the entry carries one digest over all of them, each row the
entry's position. The digest covers every column but the sealed ones, which are sealed to their row.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.http import HttpRequest

from clinic.audit.actions import Action
from clinic.audit.models import AppendOnly, AuditEntry
from clinic.audit.trail import Break, holds, mac_of, record


class RowsChanged(Exception):
    """Rows are not as the application wrote them."""


class BoundRow(AppendOnly):
    """A row that is written once, by a deed that the audit trail vouches for; `unbound` names columns left out."""

    audit_position = models.PositiveBigIntegerField(db_index=True, editable=False)
    unbound: tuple[str, ...] = ()

    class Meta:
        abstract = True

    def digest(self) -> str:
        """Return the digest of what stands in clear, the same before and after it was saved.

        A number that the database gives on saving is therefore no part of it.
        """
        columns = {
            field.column: plain(field.get_prep_value(getattr(self, field.attname)))
            for field in self._meta.concrete_fields
            if not isinstance(field, (models.BinaryField, models.AutoField))
            and field.name not in ("audit_position", *self.unbound)
        }
        text = json.dumps([self._meta.db_table, columns], sort_keys=True, ensure_ascii=False)
        return sha256(text.encode()).hexdigest()


def plain(value: Any) -> Any:
    """Return a column's value as JSON has it, the same from both databases."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | list | dict):
        return value
    return str(value)


def digest_of(rows: Iterable[BoundRow]) -> str:
    """Return one digest over rows, in whatever order they come."""
    return sha256("".join(sorted(row.digest() for row in rows)).encode()).hexdigest()


@transaction.atomic
def record_rows(
    request: HttpRequest | None, action: Action, subject: str, rows: list[BoundRow], **kwargs: Any
) -> AuditEntry:
    """Write new rows together with the audit entry that vouches for them."""
    entry = record(request, action, subject, binds=digest_of(rows), **kwargs)
    for row in rows:
        row.audit_position = entry.position
        row.save()
    return entry


def bound_models() -> list[type[BoundRow]]:
    return [model for model in apps.get_models() if issubclass(model, BoundRow)]


def rows_where(**positions: Any) -> dict[int, list[BoundRow]]:
    """Return the rows that the entries of some positions vouch for, by position."""
    found: dict[int, list[BoundRow]] = {}
    for model in bound_models():
        sealed = [field.name for field in model._meta.concrete_fields if isinstance(field, models.BinaryField)]
        rows = model._default_manager.defer(*sealed, *model.unbound).filter(**positions)
        for row in rows:
            found.setdefault(row.audit_position, []).append(row)
    return found


def check_rows(*positions: int) -> None:
    """Raise RowsChanged unless the rows that these entries vouch for are all there, as they were written.

    For the moment of use: what is decided on them must rest on what was really written.
    """
    wanted = set(positions)
    around = AuditEntry.objects.filter(position__in=wanted | {position - 1 for position in wanted})
    entries = {entry.position: entry for entry in around}
    found = rows_where(audit_position__in=wanted)
    for position in wanted:
        entry, before = entries.get(position), entries.get(position - 1)
        rows = found.get(position, [])
        if entry is None or not holds(entry.mac, mac_of(entry, before.mac if before else "")):
            raise RowsChanged(f"The audit trail does not hold at position {position}.")
        if digest_of(rows) != entry.binds:
            raise RowsChanged(f"What was written at position {position} of the audit trail was changed since.")


def check_subject(subject: str, rows: Iterable[BoundRow]) -> None:
    """Raise RowsChanged unless all that deeds wrote about a subject is there as it was written, and nothing else."""
    entries = AuditEntry.objects.filter(subject=subject).exclude(binds="")
    check_rows(*entries.values_list("position", flat=True), *(row.audit_position for row in rows))


# What an app knows to compare besides: rows that are made from bound ones. An app adds its own when it is ready.
further_checks: list[Callable[[], Iterator[str]]] = []


def broken_bindings(chunk: int = 2000) -> Iterator[Break]:
    """Yield every entry whose rows are not as it wrote them, and every row that no entry vouches for."""
    last = AuditEntry.objects.order_by("-position").values_list("position", flat=True).first() or 0
    for first in range(1, last + 1, chunk):
        upto = min(first + chunk - 1, last)
        rows = rows_where(audit_position__range=(first, upto))
        binds = dict(AuditEntry.objects.filter(position__range=(first, upto)).values_list("position", "binds"))
        for position in range(first, upto + 1):
            if binds.get(position) and digest_of(rows.get(position, [])) != binds[position]:
                yield Break(position, "the rows written with it were changed, deleted or added to")
            elif position in rows and not binds.get(position):
                yield Break(position, "rows claim an entry that did not write them")
    later = AuditEntry.objects.filter(position__gt=last).values("position")  # written while this looked
    for model in bound_models():
        beyond = model._default_manager.exclude(audit_position__range=(1, last)).exclude(audit_position__in=later)
        for position in beyond.values_list("audit_position", flat=True):
            yield Break(position, f"{model._meta.verbose_name}: no entry vouches for it")
