"""Starting: what the environment must say, and what is refused in one sentence."""

import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "SECRET_KEY": "a-long-secret-for-a-test-0123456789-abcdefghijklmnopqrstuvwxyz-XYZ",
    "ANSWER_KEYS": b64encode(b"one-random-text-of-32-characters").decode(),
    "INDEX_KEY": b64encode(b"two-random-text-of-32-characters").decode(),
    "AUDIT_KEYS": b64encode(b"six-random-text-of-32-characters").decode(),
    "SITE_URL": "https://intake.example.org",
    "DATABASE_URL": "sqlite:///:memory:",
}


def manage(*words: str, **environment: str | None) -> subprocess.CompletedProcess[str]:
    wanted = {name: value for name, value in {**GOOD, **environment}.items() if value is not None}
    clean = {"PATH": os.environ["PATH"], **wanted}
    return subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=clean, capture_output=True, text=True)


def test_a_production_configuration_checks_clean():
    done = manage("check", "--deploy", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"SITE_URL": None, "SECRET_KEY": "x"}, "SITE_URL is not set"),
        ({"SITE_URL": "http://intake.example.org"}, "not https"),
        ({"SITE_URL": "ftp://example.org"}, "SITE_URL must look like"),
        ({"SITE_URL": "https://example.org/path"}, "SITE_URL must look like"),
        ({"ANSWER_KEYS": None}, "ANSWER_KEYS is not set"),
        ({"AUDIT_KEYS": " "}, "AUDIT_KEYS is not set"),
        ({"TRUSTED_PROXIES": "not-an-address"}, "TRUSTED_PROXIES"),
        ({"DATABASE_URL": "mysql://localhost/x"}, "DATABASE_URL must be"),
        ({"DEBUG": "1"}, "DEBUG is for this machine only"),
        ({"SITE_URL": "https://*"}, "SITE_URL must look like"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS: * is not a host name"),
        ({"TRUSTED_PROXIES": "0.0.0.0/0"}, "is everyone"),
        ({"STAFF_IDLE_MINUTES": "-5"}, "STAFF_IDLE_MINUTES must be from 1"),
        ({"INTAKE_STARTS_SITE_AN_HOUR": "10"}, "INTAKE_STARTS_SITE_AN_HOUR must be from 50"),
        ({"DRAFT_DAYS": "0"}, "DRAFT_DAYS must be from 1"),
        ({"SECRET_KEY": "x"}, "SECRET_KEY must be a random text"),
        ({"SECRET_KEY": "django-insecure-" + "abcdefgh" * 8}, "SECRET_KEY must be a random text"),
        ({"ANSWER_KEYS": "not base64"}, "ANSWER_KEYS: a key is not base64"),
        ({"ANSWER_KEYS": ","}, "ANSWER_KEYS: a key must be 32 random bytes"),
        ({"INDEX_KEY": b64encode(b"short").decode()}, "INDEX_KEY: a key must be 32 random bytes"),
        ({"AUDIT_KEYS": b64encode(bytes(32)).decode()}, "AUDIT_KEYS: a key must be 32 random bytes"),
        ({"AUDIT_KEYS": GOOD["INDEX_KEY"]}, "are the same"),
        ({"INDEX_KEY": f"{GOOD['INDEX_KEY']},{GOOD['INDEX_KEY']}"}, "INDEX_KEY is one key, not 2"),
        ({"SECRET_KEY_FILE": "/no/such/file", "SECRET_KEY": None}, "SECRET_KEY_FILE cannot be read"),
        ({"EMAIL_HOST_PASSWORD_FILE": "/no/such/file"}, "EMAIL_HOST_PASSWORD_FILE cannot be read"),
        ({"SITE_URL": "https://example.org:99999"}, "SITE_URL must look like"),
        ({"SITE_URL": "https://name:secret@example.org"}, "SITE_URL must look like"),
        ({"SITE_URL": "https://[::1"}, "SITE_URL must look like"),
        ({"SITE_URL": "https://example.org?"}, "SITE_URL must look like"),
        ({"DATABASE_URL": ""}, "DATABASE_URL must be"),
        ({"DATABASE_URL": "/srv/previsit.sqlite3"}, "DATABASE_URL must be"),
        ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL must be"),
        ({"DATABASE_URL": "postgres://name:secret@host:port/name"}, "DATABASE_URL must be"),
        ({"DRAFT_DAYS": "a week"}, "DRAFT_DAYS must be from 1 to 30, not 'a week'"),
        ({"SIGN_IN_TRIES": ""}, "SIGN_IN_TRIES must be from 3 to 20, not ''"),
        ({"EMAIL_USE_TLS": "maybe"}, "EMAIL_USE_TLS must be 1 or 0"),
        ({"DEBUG": "maybe"}, "DEBUG must be 1 or 0"),
        ({"DEFAULT_FROM_EMAIL": "the clinic"}, "DEFAULT_FROM_EMAIL must be a mail address"),
    ],
)
def test_a_bad_setting_stops_the_start_in_words(change, sentence):
    done = manage("check", **change)

    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_secret_can_come_from_a_file_and_is_taken_as_it_stands(tmp_path):
    (tmp_path / "secret").write_text(GOOD["SECRET_KEY"] + "\n")
    (tmp_path / "password").write_text("$ecret of the mail server\n")
    show = "from django.conf import settings as s; print(repr(s.EMAIL_HOST_PASSWORD), s.ALLOWED_HOSTS)"

    done = manage(
        *("shell", "--no-imports", "-c", show),
        SECRET_KEY=None,
        SECRET_KEY_FILE=str(tmp_path / "secret"),
        EMAIL_HOST_PASSWORD_FILE=str(tmp_path / "password"),
        ALLOWED_HOSTS="a.example.org, B.example.org",
    )

    wanted = ["intake.example.org", "a.example.org", "b.example.org"]
    assert done.stdout.strip() == f"'$ecret of the mail server' {wanted}", done.stderr


@pytest.mark.parametrize("command", ["verify_audit", "prepare"])
@pytest.mark.parametrize("url", ["sqlite:////no/such/folder/x.sqlite3", "postgres://nobody:secret@127.0.0.1:1/none"])
def test_a_database_that_cannot_be_reached_is_said_in_words(command, url):
    done = manage(command, DATABASE_URL=url)

    assert done.returncode == 1
    assert "the database says: " in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


SHOW = (
    "from django.conf import settings as s; "
    "print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.SECURE_SSL_REDIRECT, s.DEBUG)"
)


@pytest.mark.parametrize(
    ("site", "shown"),
    [
        ("https://intake.example.org", "__Host-staff True 31536000 True False"),
        ("http://127.0.0.1:8000", "staff False 0 False False"),
        ("http://[::1]:8000", "staff False 0 False False"),
    ],
)
def test_site_url_decides_about_https(site, shown):
    done = manage("shell", "--no-imports", "-c", SHOW, SITE_URL=site)

    assert done.stdout.strip() == shown, done.stderr


def test_the_first_run_makes_secrets_only_its_owner_can_read(tmp_path, monkeypatch):
    from clinic import run

    monkeypatch.setattr(run, "LOCAL_ENV", tmp_path / "local.env")
    monkeypatch.setattr(run, "OWN_SECRETS", False)

    assert run.write_local_env("http://127.0.0.1:8000") is True
    written = (tmp_path / "local.env").read_text()
    assert (tmp_path / "local.env").stat().st_mode & 0o777 == 0o600
    assert run.write_local_env("http://127.0.0.1:8000") is False
    assert (tmp_path / "local.env").read_text() == written


def test_a_used_port_is_said_in_one_sentence():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "clinic/run.py"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(port)},
            capture_output=True,
            text=True,
        )

    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"Previsit: port {port} on 127.0.0.1 is in use or not allowed. Choose another: make run PORT={port + 1}"
    )


def test_local_secrets_never_serve_an_https_site(tmp_path, monkeypatch):
    from django.core.exceptions import ImproperlyConfigured

    from clinic.env import read_local_env

    (tmp_path / "local.env").write_text("SECRET_KEY=x\n")
    monkeypatch.delenv("SECRET_KEY")
    monkeypatch.setenv("SITE_URL", "https://intake.example.org")

    with pytest.raises(ImproperlyConfigured, match="https"):
        read_local_env(tmp_path / "local.env")


@pytest.mark.parametrize(
    ("url", "is_warned"),
    [
        ("postgres://u:p@db.example.org/x", True),
        ("postgres://u:p@db.example.org/x?sslmode=require", True),
        ("postgres://u:p@db.example.org/x?sslmode=verify-full", False),
        ("postgres://u:p@127.0.0.1/x", False),
    ],
)
def test_a_database_elsewhere_without_verified_tls_is_warned_of(url, is_warned):
    done = manage("check", "--deploy", "--tag", "security", DATABASE_URL=url)

    assert ("clinic.W003" in done.stderr) == is_warned
