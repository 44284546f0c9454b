"""`make lint`: ruff, mypy, no missing migration, and a production configuration that checks clean: all at once."""

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
    options = {"cwd": ROOT, "env": production_environment(), "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    running = [subprocess.Popen(command, text=True, **options) for command in commands]
    for command, process in zip(commands, running, strict=True):
        said, _nothing = process.communicate()
        print("+", " ".join([Path(command[0]).name, *command[1:]]), f"\n{said}", end="", flush=True)
    return int(any(process.returncode for process in running))


if __name__ == "__main__":
    sys.exit(main())
