"""What every test shares: the loaded content, a browser where there is one, and no silent skips in CI."""

import os
import socket
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth

from clinic.web.public_pages import forget_pages
from intake.models.versions import KEPT

IS_CI = os.environ.get("CI") == "true"
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)


@pytest.fixture(autouse=True)
def _no_kept_pages() -> None:
    """Forget the public pages and the versions of the test before: its changes were rolled back, and their numbers."""
    forget_pages()
    KEPT.clear()


@pytest.fixture(autouse=True)
def _no_call_to_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine: neither the application nor a test makes one."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a call to {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)


@pytest.fixture(autouse=True)
def _one_half_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock of authenticator apps: a code must not run out between the test and the sign-in page."""
    now = time.time()
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: now))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no Chromium and put them last, among the others the long ones first; leave out
    on PostgreSQL what is done once and what asks no database.
    """
    if os.environ.get("TEST_DATABASE_URL"):
        config.hook.pytest_deselected(items=[item for item in items if not concerns_postgres(item)])
        items[:] = filter(concerns_postgres, items)
    if CHROMIUM is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no Chromium: apt install chromium"))
    items.sort(key=lambda item: (bool(item.get_closest_marker("browser")), not item.get_closest_marker("long")))


def concerns_postgres(item: pytest.Item) -> bool:
    """Say whether a test asks the database (without a mark or a fixture none can), and PostgreSQL has a say in it."""
    asks = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db")
    return bool(asks) and not item.get_closest_marker("once")


def pytest_configure(config: pytest.Config) -> None:
    """Let the test runner empty append-only tables between tests: nobody else may."""
    from django.db import connection

    from clinic.audit.append_only import append_only_tables, unguarding

    operations = type(connection.ops)
    sql_flush = operations.sql_flush

    def flush(self: Any, style: Any, tables: Any, **kwargs: Any) -> list[str]:
        return [*unguarding(self.connection, append_only_tables()), *sql_flush(self, style, tables, **kwargs)]

    operations.sql_flush = flush


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        terminalreporter.section("NOT TESTED", sep="!", red=True)
        terminalreporter.line(f"{len(skipped)} tests were skipped; the reasons stand above.")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IS_CI and exitstatus == 0 and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def table_owner(db: None) -> None:
    """Do what somebody with the rights of the tables' owner can: take the triggers away."""
    from django.db import connection

    from clinic.audit.append_only import append_only_tables, unguarding

    with connection.cursor() as cursor:
        for statement in unguarding(connection, append_only_tables()):
            cursor.execute(statement)
