"""`make run` and `make dev` on a copy of the checkout: from nothing to a served app, and again."""

import os
import stat
import subprocess
import time

import pytest

from tests.clinic.conftest import fetch, running

pytestmark = [pytest.mark.once, pytest.mark.long]


def test_the_first_run_sets_everything_up_and_serves_it(first_run):
    assert any(line.startswith("Staff sign-in: owner / ") for line in first_run.printed)
    assert f"For patients: http://localhost:{first_run.port}/" in first_run.printed
    assert f"For staff:    http://localhost:{first_run.port}/admin/" in first_run.printed
    assert "24 hours" in first_run.pages["/learn/driving-home/"]
    assert "Your intake form" in first_run.pages["/intake/"]
    assert first_run.pages["/healthz"] == "ok"
    assert first_run.sheets
    assert all("@layer" in sheet for sheet in first_run.sheets)
    for name in ("local.env", "previsit.sqlite3"):
        assert stat.S_IMODE((first_run.checkout / "var" / name).stat().st_mode) == 0o600


def test_the_second_run_keeps_what_the_first_set_up(first_run):
    kept = (first_run.checkout / "var" / "local.env").read_text()

    with running(first_run.checkout, until="Stop with Ctrl-C") as (port, printed):
        assert "Nothing changed since the last start." in printed
        assert not any("Staff sign-in" in line for line in printed)
        assert fetch(port, "/healthz") == "ok"
    assert (first_run.checkout / "var" / "local.env").read_text() == kept

    screened = subprocess.run(
        [first_run.checkout / ".venv" / "bin" / "python", "manage.py", "screen", "--version", "1", "-"],
        cwd=first_run.checkout,
        env={"PATH": os.environ["PATH"]},
        input='{"heart-failure": "yes"}',
        capture_output=True,
        text=True,
    )
    assert "STOP  SR-H2" in screened.stdout, screened.stderr


def test_the_developers_server_serves_pages_and_their_styles(first_run):
    with running(first_run.checkout, "--dev", until="Quit the server") as (port, _printed):
        assert "/static/css/tokens.css" in fetch(port, "/")
        assert "--paper" in fetch(port, "/static/css/tokens.css")


def test_an_older_copy_of_the_database_is_migrated_again_and_no_static_file_is_missing(first_run, production):
    manage = [first_run.checkout / ".venv" / "bin" / "python", "manage.py"]
    where = {"cwd": first_run.checkout, "env": production}
    static = first_run.checkout / "var" / "static"
    old = static / "css" / "site.0123456789ab.css"
    old.write_text("/* what an open page still asks for */")
    ancient = static / "css" / "site.ba9876543210.css"
    ancient.write_text("/* nobody asks */")
    os.utime(ancient, (time.time() - 40 * 86400,) * 2)
    before = {path for path in static.glob("*/*") if path.is_file()} - {ancient}  # all of ours

    def run(*words: str) -> str:
        done = subprocess.run([*manage, *words], **where, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "Nothing changed" in run("prepare")
    run("check", "--deploy", "--database", "default")
    run("migrate", "intake", "zero", "-v0")
    missing = set()
    with subprocess.Popen([*manage, "prepare"], **where, stdout=subprocess.PIPE, text=True) as preparing:
        while preparing.poll() is None:
            missing |= {path for path in before if not path.exists() and not path.name.startswith("tmp")}
            time.sleep(0.002)
        assert "are ready" in preparing.stdout.read()

    assert preparing.returncode == 0
    assert missing == set()
    assert (old.exists(), ancient.exists()) == (True, False)
    assert "Nothing changed" in run("prepare")
