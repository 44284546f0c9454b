"""Staff sessions in the database, under a hash of their key: who reads the table can open none of them.

Only the calls that a synchronous request makes are changed; nothing here is served asynchronously.
"""

from hashlib import sha256
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone


def hash_key(session_key: str) -> str:
    """Return what stands in the table; as long as a session key may be."""
    return sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    """Django's database sessions, found by the hash of the key that the cookie carries."""

    def _get_session_from_db(self) -> Any:
        key = hash_key(self.session_key or "")
        try:
            return self.model.objects.get(session_key=key, expire_date__gt=timezone.now())
        except self.model.DoesNotExist:
            self._session_key = None
            return None

    def exists(self, session_key: str) -> bool:
        return self.model.objects.filter(session_key=hash_key(session_key)).exists()

    def create_model_instance(self, data: Any) -> Any:
        row = super().create_model_instance(data)
        row.session_key = hash_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            self.model.objects.filter(session_key=hash_key(key)).delete()
