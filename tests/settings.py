"""The settings under test: the real ones, with throw-away secrets and a quick password hash."""

import os
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory

TEST_KEYS = {
    name: b64encode(sha256(name.encode()).digest()).decode() for name in ("answers", "old", "index", "audit", "backup")
}

os.environ["SECRET_KEY"] = "only-for-tests-" + "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEF"
os.environ["ANSWER_KEYS"] = TEST_KEYS["answers"]
os.environ["INDEX_KEY"] = TEST_KEYS["index"]
os.environ["AUDIT_KEYS"] = TEST_KEYS["audit"]
os.environ["BACKUP_KEY"] = TEST_KEYS["backup"]
os.environ["SITE_URL"] = "http://localhost"
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or "sqlite:///:memory:"

from clinic.settings import *  # noqa: E402, F403
from clinic.settings import ALLOWED_HOSTS, DATABASES, MIDDLEWARE  # noqa: E402

ALLOWED_HOSTS += ["testserver"]
PUBLIC_VERSION_SECONDS = 0
MIDDLEWARE.insert(0, "tests.recording.RecordPages")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Several writers at once need a file: SQLite in memory locks whole tables between connections. Where there is a
# file system in memory, it stands there: nobody waits for a disk.
MEMORY = Path("/dev/shm")  # noqa: S108
IS_ROOMY = MEMORY.is_dir() and disk_usage(MEMORY).free > 2**30
TEST_FOLDER = TemporaryDirectory(prefix="previsit-tests-", dir=MEMORY if IS_ROOMY else None)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(Path(TEST_FOLDER.name) / "test.sqlite3")}
