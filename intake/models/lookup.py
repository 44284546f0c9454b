"""Finding a person's forms by what staff know of them, without a readable name in the database."""

from collections.abc import Iterator, Mapping
from typing import Any

from clinic.sealing.lookup import keyed_hash, last_names, normalise_name
from clinic.web.phone import last_four, same_phone
from intake.definition.model import Definition


def hash_of(kind: str, *parts: str) -> tuple[str, str]:
    return kind, keyed_hash(f"submission.{kind}", *parts)


def hashes_of(definition: Definition, identity: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Return every hash by which a form is found, from what its questionnaire's roles say of the person."""
    name, birth, phone, email = (
        said(definition, identity, role) for role in ("legal-name", "birth-date", "phone", "email")
    )
    last, four = last_names(name), last_four(phone)
    if full := normalise_name(name):
        yield hash_of("name", full)
        if birth:
            yield hash_of("name-birth", full, birth)
    for one in last:
        yield hash_of("last", one)
        if birth:
            yield hash_of("last-birth", one, birth)
        if four:
            yield hash_of("last-phone", one, four)
    if birth and four:
        yield hash_of("birth-phone", birth, four)
    if same_phone(phone):
        yield hash_of("phone", same_phone(phone))
    if email.strip():
        yield hash_of("email", email.strip().casefold())


def said(definition: Definition, identity: Mapping[str, Any], role: str) -> str:
    """Return what was answered to the question of a role; empty when it was not asked or answered."""
    item = definition.role(role)
    return str(identity.get(item.link_id, "") or "") if item else ""
