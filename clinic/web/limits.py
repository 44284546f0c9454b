"""Limits on guessing and flooding: exact counts in a small table, which names nobody.

A row's key is a keyed hash of what is counted and whose it is, so that the table holds no address.
It is gone when its time is over (`manage.py prune`).
"""

import json
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest
from django.utils import timezone

from clinic.sealing.lookup import keyed_hash

IPV6_PREFIX = 64  # one household or phone has a whole network of this size
FOREVER = timedelta(days=365)


class RateLimit(models.Model):
    """How often something happened in one window of time, or what django-allauth keeps for its own limits."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    value = models.TextField(default="null")  # JSON: nothing that comes from a table is ever unpickled
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.count}"


def count_up(what: str, whose: str, seconds: int) -> int:
    """Count one more in the window that the first one opened and return how many there are: exact among many."""
    now = timezone.now()
    ends = now + timedelta(seconds=seconds)
    with transaction.atomic():
        rows = RateLimit.objects.select_for_update()  # until the end: SQLite's transaction holds the whole table
        row, _is_new = rows.get_or_create(key=keyed_hash("rate-limit", what, whose), defaults={"expires_at": ends})
        # Twice as long ahead is none of ours: the clock was wrong, and would shut somebody out until then.
        if not now < row.expires_at <= ends + timedelta(seconds=seconds):
            row.count, row.expires_at = 0, ends
        row.count += 1
        row.save(update_fields=["count", "expires_at"])
    return row.count


def network_of(request: HttpRequest) -> str:
    """Return whom to count a request to: its address, or its network where one person has many."""
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(ip_network(f"{address}/{IPV6_PREFIX}", strict=False).network_address)
    return str(address)


class RateLimitCache(BaseCache):
    """Django's cache for django-allauth's limits, on the same table: keys hashed, values JSON, no pickle."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def row(self, key: str) -> models.QuerySet[RateLimit]:
        return RateLimit.objects.filter(key=self.hashed(key))

    def hashed(self, key: str) -> str:
        return keyed_hash("cache", key)

    def ends(self, timeout: Any) -> datetime:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return timezone.now() + (FOREVER if seconds is None else timedelta(seconds=seconds))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        value = self.row(key).filter(expires_at__gt=timezone.now()).values_list("value", flat=True).first()
        return default if value is None else json.loads(value)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        values = {"value": json.dumps(value), "expires_at": self.ends(timeout)}
        RateLimit.objects.update_or_create(key=self.hashed(key), defaults=values)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Set it unless it is there; of several at the same moment one succeeds."""
        try:
            with transaction.atomic():
                self.row(key).filter(expires_at__lte=timezone.now()).delete()
                row = RateLimit(key=self.hashed(key), value=json.dumps(value), expires_at=self.ends(timeout))
                row.save(force_insert=True)
        except IntegrityError:
            return False
        return True

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self.row(key).delete()[0])

    def clear(self) -> None:
        RateLimit.objects.all().delete()
