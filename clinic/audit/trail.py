"""The audit trail: one row for every staff read, write, export, search and sign-in.

Each row carries a MAC under the newest of AUDIT_KEYS over its own columns and the MAC of the row before it; the
head row carries how many there are. Writers take the head's lock first, so positions have no gap
and two writers cannot chain to the same row.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, transaction
from django.http import HttpRequest
from django.utils import timezone
from msgspec import Struct

from clinic.audit.actions import Action
from clinic.env import read_key
from clinic.models import AuditEntry, AuditHead, User

PIECE = 2000  # entries read at a time


class Break(Struct, frozen=True):
    """Where the trail does not hold, and how."""

    position: int
    reason: str


def record(
    request: HttpRequest | None,
    action: Action,
    subject: str = "",
    *,
    actor: str | None = None,
    detail: str = "",
    binds: str = "",
) -> AuditEntry:
    """Append a row in the caller's transaction: no row, no deed.

    `subject` names what was touched by its reference or id, never by a value. `request` is None for
    commands, which then name themselves as the actor.
    """
    user = getattr(request, "user", None)
    if actor is None:
        actor = user.get_username() if user is not None and user.is_authenticated else ""
    with transaction.atomic():
        head = lock_head()
        entry = AuditEntry(
            position=head.count + 1,
            at=timezone.now(),
            actor=actor[:150],
            action=action,
            subject=subject,
            address=request.META.get("REMOTE_ADDR", "")[:45] if request else "",
            detail=detail[:300],
            binds=binds,
            key_id=current_key_id(),
        )
        entry.mac = mac_of(entry, head.last_mac)
        entry.save()
        head.count, head.last_mac = entry.position, entry.mac
        head.key_id = entry.key_id
        head.mac = head_mac(head)
        head.save(update_fields=["count", "last_mac", "key_id", "mac"])
    return entry


def entries_of(subject: str, action: Action) -> Iterator[AuditEntry]:
    """Return the rows of one deed done to one subject, the oldest first."""
    yield from AuditEntry.objects.filter(subject=subject, action=action).order_by("position")


def lock_head() -> AuditHead:
    """Return the head row, locked until the transaction ends.

    A head that was deleted beside existing entries is not made good: position 1 is taken, so writing fails.
    """
    return AuditHead.objects.select_for_update().get_or_create(pk=1)[0]


@lru_cache(maxsize=4)
def keyring(keys: tuple[str, ...]) -> dict[str, bytes]:
    """Return the keys by their ids, the one in use first."""
    return {hashlib.sha256(b"previsit audit key id" + key).hexdigest()[:8]: key for key in map(read_key, keys)}


def current_key_id() -> str:
    return next(iter(keyring(tuple(settings.AUDIT_KEYS))))


def sign(key_id: str, *parts: Any) -> str:
    """Return the MAC of some parts; a key that is not here gives one that nothing equals."""
    key = keyring(tuple(settings.AUDIT_KEYS)).get(key_id)
    if key is None:
        return ""
    message = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def mac_of(entry: AuditEntry, previous: str) -> str:
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    who = (entry.actor, entry.action, entry.subject, entry.address, entry.detail, entry.binds)
    return sign(entry.key_id, "entry", previous, entry.position, at, *who)


def head_mac(head: AuditHead) -> str:
    return sign(head.key_id, "head", head.count, head.last_mac)


def holds(mac: str, wanted: str) -> bool:
    """Say whether a MAC is the right one; an empty one, of a key that is not here, never is."""
    return bool(wanted) and hmac.compare_digest(mac, wanted)


def breaks() -> Iterator[Break]:
    """Walk the trail from its first row and yield every place where it does not hold.

    Finds rows that were edited, deleted (the last one too), inserted or put in another order. A copy
    of the whole database from an earlier day is told only by a head that was kept elsewhere.
    """
    previous, expected = "", 1
    head, piece = read_piece(0)
    while piece:
        for entry in piece:
            if entry.position != expected:
                yield Break(expected, "missing")
                expected = entry.position
            if not holds(entry.mac, mac_of(entry, previous)):
                why = "changed, inserted, after a missing entry, or made with a key that is not in AUDIT_KEYS"
                yield Break(entry.position, why)
            previous, expected = entry.mac, expected + 1
        head, piece = read_piece(expected)
    last = expected - 1
    if last == 0 and (head is None or not head.mac):
        if User.objects.exclude(last_login=None).exists():
            yield Break(1, "missing: the trail is empty, but staff have signed in")
    elif head is None:
        yield Break(last, "the head row is missing")
    elif not holds(head.mac, head_mac(head)):
        yield Break(last, "the head row was changed")
    elif head.count > last:
        yield Break(last + 1, f"missing: the head counts {head.count}")
    elif head.count < last or head.last_mac != previous:
        yield Break(last, "added or changed outside the application")


@transaction.atomic
def read_piece(first: int) -> tuple[AuditHead | None, list[AuditEntry]]:
    """Return the head and entries that fit it, from a position on: nobody adds one between the two reads.

    In pieces, for a cursor open over the whole trail would keep SQLite's writers waiting.
    """
    head = AuditHead.objects.select_for_update().filter(pk=1).first()
    return head, list(AuditEntry.objects.filter(position__gte=first).order_by("position")[:PIECE])


def head_line(using: str = DEFAULT_DB_ALIAS) -> str:
    """Return what to keep elsewhere: how many entries there are, and the last one's MAC."""
    head = AuditHead.objects.using(using).filter(pk=1).first() or AuditHead(pk=1)
    return f"audit-head {head.count} {head.last_mac or '-'}"


def is_before(line: str) -> bool:
    """Say whether the trail goes on from a head that was kept elsewhere: it has that entry, with that MAC."""
    words = line.split()
    if len(words) < 3 or not words[1].isdecimal():
        return False
    if words[1] == "0":
        return True
    return AuditEntry.objects.filter(position=int(words[1]), mac=words[2]).exists()
