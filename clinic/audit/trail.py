"""The audit trail: one row for every staff read, write, export, search and sign-in.

Each row carries a MAC under AUDIT_KEY over its own columns and the MAC of the row before it; the
head row carries how many there are. Writers take the head's lock first, so positions have no gap
and two writers cannot chain to the same row.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from clinic.env import read_key
from clinic.models import AuditEntry, AuditHead, User


@dataclass(frozen=True)
class Break:
    """Where the trail does not hold, and how."""

    position: int
    reason: str


def record(request: HttpRequest | None, action: str, subject: str = "", *, actor: str | None = None) -> AuditEntry:
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
        )
        entry.mac = mac_of(entry, head.last_mac)
        entry.save()
        head.count, head.last_mac = entry.position, entry.mac
        head.mac = head_mac(head)
        head.save(update_fields=["count", "last_mac", "mac"])
    return entry


def entries_of(subject: str, action: str) -> Iterator[AuditEntry]:
    """Give the rows of one deed done to one subject, the oldest first."""
    yield from AuditEntry.objects.filter(subject=subject, action=action).order_by("position")


def lock_head() -> AuditHead:
    """Return the head row, locked until the transaction ends.

    A head that was deleted beside existing entries is not made good: position 1 is taken, so writing fails.
    """
    return AuditHead.objects.select_for_update().get_or_create(pk=1)[0]


def sign(*parts: Any) -> str:
    message = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.new(read_key(settings.AUDIT_KEY), message, hashlib.sha256).hexdigest()


def mac_of(entry: AuditEntry, previous: str) -> str:
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return sign("entry", previous, entry.position, at, entry.actor, entry.action, entry.subject, entry.address)


def head_mac(head: AuditHead) -> str:
    return sign("head", head.count, head.last_mac)


def breaks() -> Iterator[Break]:
    """Walk the trail from its first row and yield every place where it does not hold.

    Finds rows that were edited, deleted (the last one too), inserted or put in another order. A copy
    of the whole database from an earlier day is told only by a head that was kept elsewhere.
    """
    head = AuditHead.objects.filter(pk=1).first()
    previous, expected = "", 1
    for entry in AuditEntry.objects.order_by("position").iterator(chunk_size=2000):
        if entry.position != expected:
            yield Break(expected, "missing")
            expected = entry.position
        if not hmac.compare_digest(entry.mac, mac_of(entry, previous)):
            yield Break(entry.position, "changed, inserted, or after a missing entry")
        previous, expected = entry.mac, expected + 1
    last = expected - 1
    if last == 0 and (head is None or not head.mac):
        if User.objects.exclude(last_login=None).exists():
            yield Break(1, "missing: the trail is empty, but staff have signed in")
    elif head is None:
        yield Break(last, "the head row is missing")
    elif not hmac.compare_digest(head.mac, head_mac(head)):
        yield Break(last, "the head row was changed")
    elif head.count > last:
        yield Break(last + 1, f"missing: the head counts {head.count}")
    elif head.count < last or head.last_mac != previous:
        yield Break(last, "added or changed outside the application")
