"""`make lint`: ruff, mypy, no missing migration, and a production configuration that checks clean."""

import os
import secrets
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def production_environment() -> dict[str, str]:
    """Return the environment with an https site and throw-away secrets."""
    keys = {name: b64encode(os.urandom(32)).decode() for name in ("ANSWER_KEYS", "INDEX_KEY", "AUDIT_KEYS")}
    return {
        **os.environ,
        **keys,
        "SECRET_KEY": secrets.token_urlsafe(60),
        "SITE_URL": "https://intake.example.org",
        "DATABASE_URL": "sqlite:///:memory:",
    }


def main() -> int:
    python = sys.executable
    commands = [
        [str(BIN / "ruff"), "format", "--check", "."],
        [str(BIN / "ruff"), "check", "."],
        [str(BIN / "mypy"), "clinic", "education", "intake"],
        [str(BIN / "lint-imports"), "--no-cache"],
        [python, "manage.py", "makemigrations", "--check", "--dry-run"],
        [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    ]
    failed = []
    for command in commands:
        print("+", " ".join([Path(command[0]).name, *command[1:]]), flush=True)
        if subprocess.run(command, cwd=ROOT, env=production_environment()).returncode:
            failed.append(command)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
