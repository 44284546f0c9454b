"""System checks: models with sealed fields, the journal in force, and what the owner has still to fill in."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import WARNING, CheckMessage, Error, Info, Tags, Warning, register, run_checks
from django.db import DatabaseError, connection

from clinic.audit.append_only import unguarded_tables
from clinic.env import LOCAL_HOSTS
from clinic.models import Clinic
from clinic.profile.duty import hindrance
from clinic.sealing.fields import SealedField, SealedQuerySet


@register(Tags.models)
def check_sealed_models(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A model with a sealed field has an id before its first save, and a manager that guards it."""
    from django.apps import apps

    found: list[CheckMessage] = []
    for model in apps.get_models():
        if not any(isinstance(field, SealedField) for field in model._meta.concrete_fields):
            continue
        key: Any = model._meta.pk
        key = key.target_field if key.is_relation else key  # a row beside another has its id
        if key.get_internal_type() != "UUIDField" or not key.has_default():
            found.append(Error("A sealed field needs a UUID primary key with a default.", obj=model, id="clinic.E001"))
        if not isinstance(model._default_manager.get_queryset(), SealedQuerySet):
            found.append(Error("A sealed field needs a manager made of SealedQuerySet.", obj=model, id="clinic.E002"))
    return found


@register(Tags.database)
def check_sqlite(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Say which journal is in force on SQLite, and why."""
    if not databases or connection.vendor != "sqlite":
        return []
    if sqlite3.sqlite_version_info >= (3, 51, 3):
        return [Info(f"SQLite {sqlite3.sqlite_version}: journal WAL, synchronous EXTRA.", id="clinic.I001")]
    return [
        Info(
            f"SQLite {sqlite3.sqlite_version}: journal DELETE, synchronous EXTRA.",
            hint="Before 3.51.3 a WAL file can be corrupted when two connections checkpoint and commit at once.",
            id="clinic.I001",
        )
    ]


@register(Tags.security, deploy=True)
def check_database_tls(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A database on another machine is reached over TLS, and proves which machine it is."""
    database = connection.settings_dict
    host, mode = str(database.get("HOST") or ""), database.get("OPTIONS", {}).get("sslmode", "")
    is_here = not host or host.startswith("/") or host in LOCAL_HOSTS
    if is_here or mode == "verify-full":
        return []
    hint = "Add ?sslmode=verify-full&sslrootcert=FILE to DATABASE_URL."
    return [Warning("The database is on another machine, without TLS that is verified.", hint=hint, id="clinic.W003")]


@register(Tags.database)
def check_append_only(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The database refuses to change what is written once."""
    if not databases:
        return []
    try:
        existing = connection.introspection.table_names()
        lacking = [table for table in unguarded_tables() if table in existing]
    except DatabaseError:
        return []
    hint = "Run `manage.py migrate`, which puts the triggers in place."
    return [
        Warning(f"{table} can be changed: its triggers are missing.", hint=hint, id="clinic.W002") for table in lacking
    ]


@register(Tags.database)
def check_profile(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The clinic has said what patients need to know of it."""
    try:
        if not databases or Clinic.current().phone:
            return []
    except DatabaseError:  # not migrated yet
        return []
    return [
        Warning(
            "The clinic's telephone number is not set: pages hide it.",
            hint="Fill in the clinic profile.",
            id="clinic.W001",
        )
    ]


@register(Tags.database)
def check_rota(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Who is to be told when nobody opened a form in time can be told."""
    try:
        clinic = Clinic.current() if databases else None
        if not clinic or not clinic.escalate_after:
            return []
        people = {duty.user for duty in clinic.rota.select_related("user")}
    except DatabaseError:  # not migrated yet
        return []
    reasons = {user: hindrance(user) for user in sorted(people, key=lambda user: str(user.get_username()))}
    found = [f"{user.get_full_name() or user} is on the rota, but {why}." for user, why in reasons.items() if why]
    if all(reasons.values()):
        found.append("Nobody on the rota can be told of a form that nobody opened in time.")
    return [Warning(text, hint="Change the rota in the clinic profile.", id="clinic.W004") for text in found]


def keep_setup_gaps() -> None:
    """Keep what the checks of the database find unfinished, for the owner to read where they land."""
    found = [message for message in run_checks(tags=[Tags.database], databases=["default"]) if message.level >= WARNING]
    gaps = [f"{message.msg} {message.hint or ''}".strip() for message in found]
    Clinic.objects.filter(pk=1).exclude(setup_gaps=gaps).update(setup_gaps=gaps)
