"""`make run` and `make dev` on a copy of the checkout: from nothing to a served app, and again."""

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_urlsafe

import pytest

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "screenshots", "__pycache__", ".*_cache")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Copy what is in the repository; the packages are the ones these tests run with."""
    if not (ROOT / ".venv").is_dir():
        pytest.fail("Run the tests with `make test`, which makes .venv.")
    copy = tmp_path / "checkout"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    return copy


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(checkout: Path, *words: str, until: str) -> Iterator[tuple[int, list[str]]]:
    """Run it as a person does; give the port and what was printed until it served; stop it with Ctrl-C."""
    port = free_port()
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "clinic/run.py", *words],
        cwd=checkout,
        env={**clean, "PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed = []
    try:
        assert process.stdout is not None
        for line in process.stdout:
            printed.append(line.rstrip())
            if until in line:
                break
        else:
            pytest.fail("\n".join(printed))
        yield port, printed
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 0, printed


def fetch(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as response:
        assert response.status == 200
        return response.read().decode()


def test_the_first_run_sets_everything_up_and_the_second_keeps_it(checkout):
    with running(checkout, until="Stop with Ctrl-C") as (port, printed):
        assert any(line.startswith("Staff sign-in: owner / ") for line in printed)
        assert f"For patients: http://localhost:{port}/" in printed
        assert f"For staff:    http://localhost:{port}/admin/" in printed
        assert "24 hours" in fetch(port, "/learn/driving-home/")
        assert "Your intake form" in fetch(port, "/intake/")
        assert fetch(port, "/healthz") == "ok"
        for sheet in re.findall(r'<link rel="stylesheet" href="([^"]+)"', fetch(port, "/intake/")):
            assert "@layer" in fetch(port, sheet)
    kept = (checkout / "var" / "local.env").read_text()
    for name in ("local.env", "previsit.sqlite3"):
        assert stat.S_IMODE((checkout / "var" / name).stat().st_mode) == 0o600

    with running(checkout, until="Stop with Ctrl-C") as (port, printed):
        assert "Nothing changed since the last start." in printed
        assert not any("Staff sign-in" in line for line in printed)
        assert fetch(port, "/healthz") == "ok"
    assert (checkout / "var" / "local.env").read_text() == kept

    screened = subprocess.run(
        [checkout / ".venv" / "bin" / "python", "manage.py", "screen", "--version", "1", "-"],
        cwd=checkout,
        env={"PATH": os.environ["PATH"]},
        input='{"heart-failure": "yes"}',
        capture_output=True,
        text=True,
    )
    assert "STOP  SR-H2" in screened.stdout, screened.stderr


def test_the_developers_server_serves_pages_and_their_styles(checkout):
    with running(checkout, "--dev", until="Quit the server") as (port, _printed):
        assert "/static/css/tokens.css" in fetch(port, "/")
        assert "--paper" in fetch(port, "/static/css/tokens.css")


def test_an_older_copy_of_the_database_is_migrated_again(checkout):
    manage = [checkout / ".venv" / "bin" / "python", "manage.py"]
    keys = {name: b64encode(os.urandom(32)).decode() for name in ("ANSWER_KEYS", "INDEX_KEY", "AUDIT_KEYS")}
    settings = {"SECRET_KEY": token_urlsafe(60), "SITE_URL": "https://intake.example.org", **keys}

    def run(*words: str) -> str:
        done = subprocess.run(
            [*manage, *words],
            cwd=checkout,
            env={"PATH": os.environ["PATH"], **settings},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "are ready" in run("prepare")
    assert "Nothing changed" in run("prepare")
    run("check", "--deploy", "--database", "default")
    run("migrate", "intake", "zero", "-v0")
    assert "are ready" in run("prepare")
    assert "Nothing changed" in run("prepare")
