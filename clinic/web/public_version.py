"""When did something change that the public reads? The database counts, so that no way of writing goes uncounted.

A model whose rows public pages show says so: `is_shown_in_public = True`. Every insert, update and delete of
its rows raises `PublicVersion.number` by trigger, in the writer's own transaction.
"""

import logging
from collections.abc import Iterator
from copy import copy
from datetime import date
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Subquery
from django.utils import timezone

from clinic.profile.models import Clinic
from clinic.web.models import PublicVersion

FUNCTION = "clinic_raise_public_version"
RETRY_SECONDS = 5  # after the database did not answer
RAISE = 'UPDATE "{table}" SET number = number + 1 WHERE id = 1'

log = logging.getLogger(__name__)


class Edition(NamedTuple):
    """What a copy of a public page rests on: the content, and the clinic's day (a review falls due by the day)."""

    number: int
    day: date


def public_tables() -> list[str]:
    """Return the tables whose rows public pages show."""
    return sorted(model._meta.db_table for model in apps.get_models() if getattr(model, "is_shown_in_public", False))


def count_changes(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Put the triggers in place on every public table that exists. Safe to run again; run after each migrate."""
    connection = connections[using]
    existing = connection.introspection.table_names()
    if PublicVersion._meta.db_table not in existing:
        return
    PublicVersion.objects.using(using).get_or_create(pk=1)
    with connection.cursor() as cursor:
        for statement in counting(connection, [name for name in public_tables() if name in existing]):
            cursor.execute(statement)


def counting(connection: BaseDatabaseWrapper, tables: list[str]) -> Iterator[str]:
    """Yield the statements that put the triggers in place."""
    raise_number = RAISE.format(table=PublicVersion._meta.db_table)
    if connection.vendor == "postgresql":
        yield (
            f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "
            f"$$ BEGIN {raise_number}; RETURN NULL; END $$"
        )
        for table in tables:
            yield (
                f'CREATE OR REPLACE TRIGGER public_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "{table}" '
                f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
            )
    else:
        for table in tables:
            for verb in ("INSERT", "UPDATE", "DELETE"):
                yield (
                    f'CREATE TRIGGER IF NOT EXISTS "{table}_public_{verb.lower()}" AFTER {verb} ON "{table}" '
                    f"BEGIN {raise_number}; END"
                )


class Watch:
    """Know the edition, asking the database at most once in PUBLIC_VERSION_SECONDS."""

    def __init__(self) -> None:
        self.edition: Edition | None = None
        self.kept: tuple[Edition, Clinic] | None = None
        self.ask_at = 0.0
        self.lock = Lock()

    def is_due(self) -> bool:
        """Say whether the next look asks the database."""
        return monotonic() >= self.ask_at

    def current(self) -> Edition | None:
        """Return the edition as last seen; None while the database has never answered."""
        if self.is_due() and self.lock.acquire(blocking=False):
            try:
                self.ask_at = monotonic() + settings.PUBLIC_VERSION_SECONDS
                self.edition = read_edition()
            except DatabaseError:
                # What is kept is better than nothing, and no thread should wait for each of these.
                log.warning("The public version cannot be read; kept pages go on being served.")
                self.ask_at = monotonic() + RETRY_SECONDS
            finally:
                self.lock.release()
        return self.edition

    def clinic(self) -> Clinic:
        """Return the clinic as it is in this edition, a copy of its own for who asks: limits are read each time."""
        edition = self.current()  # before the row is read: what is kept is at least as new
        if edition is None:
            return Clinic.current()
        if self.kept is None or self.kept[0] != edition:
            self.kept = (edition, Clinic.current())
        return copy(self.kept[1])

    def look_again(self) -> None:
        """Ask anew at the next request: this process has just written something."""
        self.ask_at = 0.0


def read_edition() -> Edition | None:
    zone = Subquery(Clinic.objects.filter(pk=1).values("time_zone"))
    row = PublicVersion.objects.annotate(zone=zone).filter(pk=1).values_list("number", "zone").first()
    if row is None:
        return None
    number, name = row
    return Edition(number, timezone.localdate(timezone=ZoneInfo(name or Clinic().time_zone)))
