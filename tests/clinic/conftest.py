"""A copy of the checkout, run once from nothing as a person does: all that starts the app from outside shares it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import randbelow
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "screenshots", "__pycache__", ".*_cache")
HOST = "intake.example.org"
PAGES = ("/intake/", "/learn/driving-home/", "/healthz")


class FirstRun(NamedTuple):
    """The copy, what the first `make run` printed in it until it served, where, and the pages that it served."""

    checkout: Path
    port: int
    printed: list[str]
    pages: dict[str, str]
    sheets: list[str]


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    """Copy what is in the repository and run it; the packages are the ones these tests run with."""
    if not (ROOT / ".venv").is_dir():
        pytest.fail("Run the tests with `make test`, which makes .venv.")
    checkout = tmp_path_factory.mktemp("first-run") / "checkout"
    shutil.copytree(ROOT, checkout, ignore=LEFT_OUT)
    (checkout / ".venv").symlink_to(ROOT / ".venv")
    with running(checkout, until="Stop with Ctrl-C") as (port, printed):
        pages = {path: fetch(port, path) for path in PAGES}
        sheets = [fetch(port, sheet) for sheet in style_sheets(pages["/intake/"])]
    return FirstRun(checkout, port, printed, pages, sheets)


@pytest.fixture(scope="session")
def production(first_run: FirstRun) -> dict[str, str]:
    """Return the environment of a site on the network, under the keys of the copy's first run."""
    lines = (first_run.checkout / "var" / "local.env").read_text().splitlines()
    site = {"SITE_URL": f"https://{HOST}", "TRUSTED_PROXIES": "127.0.0.1"}
    return {"PATH": os.environ["PATH"], **dict(line.split("=", 1) for line in lines), **site}


def free_port() -> int:
    """Return a port for a server: below those that the system gives to whoever calls out meanwhile."""
    while True:
        port = 20_000 + randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def hears(port: int) -> bool:
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 5).close()
        return True
    return False


def wait_for(is_so: Callable[[], bool], process: subprocess.Popen) -> bool:
    """Ask until it is so, while the process runs: at most for a minute, which a busy machine may need."""
    end = time.monotonic() + 60
    while not (found := is_so()) and process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    return found


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
        preexec_fn=hear_ctrl_c,
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
        assert wait_for(lambda: hears(port), process), printed  # the developer's server speaks before it listens
        yield port, printed
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0, printed


def hear_ctrl_c() -> None:
    """Take Ctrl-C as from a terminal: who runs the tests in the background may have had it ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def fetch(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as response:
        assert response.status == 200
        return response.read().decode()


def style_sheets(page: str) -> list[str]:
    return re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
