"""`make run` and `make dev`: from a bare checkout to the served app. Needs only Python 3.11 and its standard library.

Each step says in one sentence what is wrong when it cannot go on. A second run does only what changed.
"""

import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from base64 import b64encode
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VAR = ROOT / "var"
LOCAL_ENV = VAR / "local.env"
FIRST_ACCOUNT = ("make_staff", "owner", "--group", "owner", "--group", "clinician", "--unless-any")
OWN_SECRETS = "SECRET_KEY" in os.environ or "SECRET_KEY_FILE" in os.environ


def stop(sentence: str) -> None:
    sys.exit(f"Previsit: {sentence}")


def check_python() -> None:
    if sys.version_info < (3, 11):
        stop(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Try: make run PYTHON=python3.12")
    for module, package in (
        ("venv", "python3-venv"),
        ("ensurepip", "python3-venv"),
        ("sqlite3", "Python's SQLite support"),
        ("ssl", "Python's TLS support"),
    ):
        try:
            __import__(module)
        except ImportError:
            stop(f"this Python lacks {module}. Install {package} and run again.")


def port_number() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        stop(f"PORT must be a number from 1 to 65535, not {text}.")
    return int(text)


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            stop(f"port {port} on 127.0.0.1 is in use or not allowed. Choose another: make run PORT={port + 1}")


def check_folder() -> None:
    try:
        VAR.mkdir(mode=0o700, exist_ok=True)
        VAR.chmod(0o700)
        (VAR / ".writable").write_text("")
        (VAR / ".writable").unlink()
    except OSError:
        stop(f"the folder {ROOT} cannot be written to. Copy the checkout to a place where it can.")


def install(requirements: str) -> None:
    """Make the virtual environment and install the locked packages, unless they are there."""
    lock = (ROOT / requirements).read_bytes()
    stamp = VENV / f".{requirements}.installed"
    wanted = hashlib.sha256(lock + sys.version.encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    print("Installing the locked packages; this is done once.", flush=True)
    python = VENV / "bin" / "python"
    if not python.exists() or subprocess.run([python, "-c", "import pip"], capture_output=True).returncode:
        call([sys.executable, "-m", "venv", "--clear", str(VENV)], "the virtual environment could not be made")
    call(
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
         "--only-binary", ":all:", "-r", str(ROOT / requirements)],
        "the packages could not be installed. Is the network there?",
    )  # fmt: skip
    stamp.write_text(wanted)


def call(command: list[str], sentence: str) -> None:
    if subprocess.run(command, cwd=ROOT).returncode:
        stop(sentence)


def write_local_env(site_url: str) -> bool:
    """Make this machine's secrets on the first run; say whether it did."""
    if OWN_SECRETS or LOCAL_ENV.exists():
        return False
    lines = [f"SECRET_KEY={secrets.token_urlsafe(50)}"]
    lines += [
        f"{name}={b64encode(os.urandom(32)).decode()}"
        for name in ("ANSWER_KEYS", "INDEX_KEY", "AUDIT_KEYS", "BACKUP_KEY")
    ]
    lines += [f"SITE_URL={site_url}"]
    handle = os.open(LOCAL_ENV, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write("\n".join(lines) + "\n")
    return True


def check_local_env() -> None:
    if not OWN_SECRETS and LOCAL_ENV.exists() and "AUDIT_KEYS=" not in LOCAL_ENV.read_text():
        stop("var/local.env is of an earlier release: move it and var/previsit.sqlite3 away together, and run again.")


def run(*words: str) -> int:
    return subprocess.run([str(VENV / "bin" / "python"), "manage.py", *words], cwd=ROOT).returncode


def manage(*words: str) -> None:
    if code := run(*words):
        sys.exit(code)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def serve(port: int, site_url: str) -> int:
    """Run gunicorn in the foreground; print where to go once it answers; pass Ctrl-C on."""
    server = subprocess.Popen(
        [str(VENV / "bin" / "gunicorn"), "clinic.wsgi", "--config", str(ROOT / "deploy" / "gunicorn.conf.py"),
         "--bind", f"127.0.0.1:{port}"],
        cwd=ROOT, start_new_session=True,
    )  # fmt: skip
    maintenance = subprocess.Popen(
        [str(VENV / "bin" / "python"), "manage.py", "maintain"], cwd=ROOT, start_new_session=True
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: server.terminate())
    for _ in range(600):
        if server.poll() is not None or answers(port):
            break
        time.sleep(0.05)
    if server.poll() is None:
        run(*FIRST_ACCOUNT)  # its password stands beside where to use it
        print(f"\nFor patients: {site_url}/\nFor staff:    {site_url}/admin/\nStop with Ctrl-C.", flush=True)
    code = server.wait()
    maintenance.terminate()
    maintenance.wait()
    return abs(code) if code not in (0, -signal.SIGTERM) else 0


def main() -> None:
    os.umask(0o077)
    if "--install" in sys.argv:  # for the other make targets
        check_python()
        check_folder()
        install(sys.argv[sys.argv.index("--install") + 1])
        return
    is_dev = "--dev" in sys.argv
    port = port_number()
    check_python()
    check_port(port)
    check_folder()
    install("requirements-dev.txt" if is_dev else "requirements.txt")
    site_url = os.environ.get("SITE_URL") or f"http://localhost:{port}"
    check_local_env()
    # Byte code is kept, out of the source's way: without it each process would compile all modules anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(VAR / "pycache")
    is_first = write_local_env(site_url)
    os.environ["SITE_URL"] = site_url
    manage("prepare")
    if "--demo" in sys.argv:
        manage("make_demo_submissions", "40", "--unless-any")
    if is_first:
        print("Copy var/local.env somewhere safe: without it the answers cannot be read.", flush=True)
    if is_dev:
        manage(*FIRST_ACCOUNT)
        os.environ["DEBUG"] = "1"
        os.chdir(ROOT)
        python = str(VENV / "bin" / "python")  # in full: Python finds its packages by this name
        os.execv(python, [python, "manage.py", "runserver", f"127.0.0.1:{port}"])
    sys.exit(serve(port, site_url))


if __name__ == "__main__":
    main()
