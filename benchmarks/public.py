"""`python -m benchmarks.public`: what a public page costs, beside Django's own floor and Wagtail.

CPU milliseconds of the worker for one request; every round gives each its turn. Ratios are peer / Previsit:
1.0 is equal, 20 means that the peer costs twenty times as much. Wagtail is installed for this run alone.
"""

import argparse
import os
import platform
import secrets
import subprocess
import sys
import venv
from base64 import b64encode
from contextlib import ExitStack
from datetime import date
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.serving import ROOT, Contender, Server, alternate, ratios, serving

PAGES = ("/", "/learn/driving-home/", "/learn/how-iv-compares/", "/faq/", "/glossary/", "/evidence/")
PAGE = "/learn/driving-home/"
WAGTAIL = ("wagtail==7.4.4", "wagtail-cache==3.0.0", "gunicorn>=27,<28")
PORT = 8790


def own_environment(folder: Path) -> dict[str, str]:
    """Return throw-away secrets and a database of its own."""
    keys = {name: b64encode(secrets.token_bytes(32)).decode() for name in ("ANSWER_KEYS", "INDEX_KEY", "AUDIT_KEYS")}
    return {
        **keys,
        "SECRET_KEY": secrets.token_urlsafe(60),
        "SITE_URL": f"http://localhost:{PORT}",
        "DATABASE_URL": f"sqlite:///{folder / 'own.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
    }


def manage(environment: dict[str, str], *words: str) -> None:
    command = [sys.executable, "manage.py", *words, "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)


def install_wagtail(folder: Path) -> str:
    """Make a virtual environment for the peers; return its Python."""
    venv.create(folder / "wagtail", with_pip=True)
    python = str(folder / "wagtail" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *WAGTAIL], check=True)
    return python


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def etag_of(answer: bytes) -> str:
    head = answer.partition(b"\r\n\r\n")[0].decode()
    return next(line.partition(": ")[2] for line in head.split("\r\n") if line.lower().startswith("etag: "))


def print_row(name: str, milliseconds: list[float], compared: tuple[float, float, float] | None = None) -> None:
    low, middle, high = min(milliseconds), sorted(milliseconds)[len(milliseconds) // 2], max(milliseconds)
    ratio = " / ".join(f"{value:.2f}" for value in compared) if compared else ""
    print(f"| {name} | {low:.3f} / {middle:.3f} / {high:.3f} | {ratio} |")


def compare(own: Server, folder: Path, python: str | None, rounds: int, seconds: float, stack: ExitStack) -> None:
    page = own.request(PAGE)
    size = {"BODY_BYTES": str(len(body_of(page)))}
    etag = etag_of(own.request(PAGE, {"Accept-Encoding": "br"}))
    ours = Contender("Previsit, page kept", own, lambda server: server.request(PAGE))
    packed = Contender("Previsit, Brotli", own, lambda server: server.request(PAGE, {"Accept-Encoding": "br"}))
    unchanged = Contender(
        "Previsit, 304 instead of Brotli",
        own,
        lambda server: server.request(PAGE, {"Accept-Encoding": "br", "If-None-Match": etag}),
        expects=b"HTTP/1.1 304",
    )
    peers = [("bare view, constant body", "benchmarks.peers.bare:application", sys.executable, {})]
    peers += [("default middleware, one row, a template", "benchmarks.peers.usual:application", sys.executable, {})]
    if python:
        wagtail = "benchmarks.peers.wagtail_site.wsgi:application"
        peers += [
            ("Wagtail article", wagtail, python, {}),
            ("Wagtail, wagtail-cache", wagtail, python, {"WAGTAIL_CACHE": "1"}),
        ]
    contenders = [ours, packed, unchanged]
    for number, (name, app, interpreter, more) in enumerate(peers, start=1):
        database = {"PEER_DATABASE": str(folder / f"peer{number}.sqlite3")}
        server = stack.enter_context(serving(app, PORT + number, {**size, **database, **more}, interpreter))
        contenders.append(Contender(name, server, lambda one: one.request("/page/")))
    alternate(contenders, rounds, seconds)
    print(f"\n{PAGE}, {size['BODY_BYTES']} bytes")
    print("| | CPU ms a request, least / median / most | peer / Previsit |\n|---|---|---|")
    for one in contenders:
        beside = packed if one is unchanged else ours  # a browser that has the page would get it with Brotli
        print_row(one.name, one.milliseconds, None if one is ours else ratios(beside, one))


def print_weights(own: Server) -> None:
    print("\n| page | HTML bytes | with Brotli | with gzip |\n|---|---|---|---|")
    for path in PAGES:
        sizes = [
            len(body_of(own.request(path, {"Accept-Encoding": encoding}))) for encoding in ("identity", "br", "gzip")
        ]
        print(f"| {path} | {sizes[0]:,} | {sizes[1]:,} | {sizes[2]:,} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--without-wagtail", action="store_true")
    options = parser.parse_args()
    packages = ", ".join(f"{name} {version(name)}" for name in ("django", "gunicorn"))
    print(f"{date.today()}, Python {platform.python_version()}, {packages}, {', '.join(WAGTAIL[:2])}")
    with TemporaryDirectory(prefix="previsit-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        environment = own_environment(folder)
        for words in (["migrate"], ["load_content"], ["collectstatic", "--no-input"]):
            manage(environment, *words)
        python = None if options.without_wagtail else install_wagtail(folder)
        own = stack.enter_context(serving("clinic.wsgi:application", PORT, environment))
        compare(own, folder, python, options.rounds, options.seconds, stack)
        print_weights(own)


if __name__ == "__main__":
    main()
