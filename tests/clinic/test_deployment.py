"""Previsit as it is deployed: gunicorn with our settings, nginx or Caddy as in deploy/ before it."""

import http.client
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.clinic.conftest import HOST, ROOT, free_port, hears, wait_for

pytestmark = [pytest.mark.once, pytest.mark.long]
SECURITY_HEADERS = {
    "Permissions-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Content-Security-Policy",
    "Strict-Transport-Security",
}


class App(NamedTuple):
    port: int
    log: Path
    process: subprocess.Popen

    def has_logged(self, words: str) -> bool:
        """Wait for a line of the log: it is written when the answer has gone out already."""
        return wait_for(lambda: words in self.log.read_text(), self.process)


@pytest.fixture(scope="module")
def checkout(first_run) -> Path:
    return first_run.checkout


@contextmanager
def process(command: list[str], port: int, **kwargs) -> Iterator[None]:
    """Run a server until the block ends."""
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kwargs)
    try:
        if not wait_for(lambda: hears(port), started):
            started.terminate()
            pytest.fail(started.communicate()[0])
        yield
    finally:
        started.terminate()
        started.wait(timeout=60)


def gunicorn(checkout: Path, port: int, bind: str = "") -> list[str]:
    return [
        str(checkout / ".venv" / "bin" / "gunicorn"),
        "clinic.wsgi",
        "--config",
        str(checkout / "deploy" / "gunicorn.conf.py"),
        "--bind",
        bind or f"127.0.0.1:{port}",
    ]


@pytest.fixture(scope="module")
def app(checkout, production, tmp_path_factory) -> Iterator[App]:
    port, log = free_port(), tmp_path_factory.mktemp("log") / "gunicorn.log"
    with log.open("w") as file:
        started = subprocess.Popen(
            gunicorn(checkout, port), cwd=checkout, env=production, stdout=file, stderr=subprocess.STDOUT
        )
        try:
            assert wait_for(lambda: is_well(port), started), log.read_text()
            yield App(port, log, started)
        finally:
            started.terminate()
            started.wait(timeout=60)


def is_well(port: int) -> bool:
    with suppress(OSError):
        return get(port, "/healthz")[0] == 200
    return False


def get(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": HOST, **{k.replace("_", "-"): v for k, v in headers.items()}})
    response = connection.getresponse()
    found = response.status, dict(response.getheaders()), response.read().decode()
    connection.close()
    return found


def send(port: int, text: bytes) -> str:
    with socket.create_connection(("127.0.0.1", port), 10) as raw:
        raw.sendall(text)
        raw.settimeout(10)
        found = b""
        with suppress(ConnectionResetError):  # what was refused is not read to its end
            while piece := raw.recv(65536):
                found += piece
    return found.decode()


def edited(name: str, changes: dict[str, str]) -> str:
    """Return a configuration of deploy/ in which only what belongs to the test is changed."""
    text = (ROOT / "deploy" / name).read_text()
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after)
    return text


def nginx(folder: Path, port: int, app_port: int) -> list[str]:
    changes = {
        "listen 443 ssl": f"listen 127.0.0.1:{port}",
        "listen 80": f"listen 127.0.0.1:{free_port()}",
        "server 127.0.0.1:8000": f"server 127.0.0.1:{app_port}",
        "http {": "pid nginx.pid;\nhttp {\n    client_body_temp_path body; proxy_temp_path proxy;"
        " fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;",
        "limit_conn connections 20": "limit_conn connections 1000",  # all of the test comes from one address
        "rate=20r/s": "rate=1000r/s",
        "burst=60": "burst=1000",
    }
    text = "\n".join(line for line in edited("nginx.conf", changes).splitlines() if "ssl_" not in line)
    (folder / "nginx.conf").write_text(text)
    return ["nginx", "-p", str(folder), "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off;"]


def caddy(folder: Path, port: int, app_port: int) -> list[str]:
    changes = {
        "{\n\tservers": "{\n\tadmin off\n\tauto_https off\n\tservers",
        f"{HOST} {{": f"http://{HOST}:{port} {{\n\tbind 127.0.0.1",
        "127.0.0.1:8000": f"127.0.0.1:{app_port}",
    }
    (folder / "Caddyfile").write_text(edited("Caddyfile", changes))
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@pytest.fixture(scope="module", params=[nginx, caddy], ids=["nginx", "caddy"])
def proxy(request, app, tmp_path_factory) -> Iterator[int]:
    """A proxy with our configuration; only the ports and the certificate are the test's."""
    folder, port = tmp_path_factory.mktemp("proxy"), free_port()
    command = request.param(folder, port, app.port)
    program = shutil.which(command[0]) or shutil.which(command[0], path="/usr/sbin")
    if program is None:
        pytest.skip(f"no {command[0]}: apt install nginx-light caddy")
    home = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with process([program, *command[1:]], port, env=home):
        yield port


def test_slow_and_half_requests_do_not_stop_the_site(proxy):
    with ExitStack() as stack:
        for number in range(200):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", proxy), 5))
            if number % 2:
                slow.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-Half: ".encode())
            else:
                head = f"POST /intake/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 5000\r\n\r\nhalf"
                slow.sendall(head.encode())
        started = time.monotonic()
        codes = [get(proxy, path)[0] for path in ("/healthz", "/readyz", "/get-help-now/", "/intake/") * 3]
        took = time.monotonic() - started

    assert codes == [200] * 12
    assert took < 15


def test_a_proxy_takes_no_body_that_is_too_large_and_believes_no_forged_address(proxy, app):
    large = f"POST /intake/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 9000000\r\nConnection: close\r\n\r\n"
    assert "413" in send(proxy, large.encode())

    status, headers, _ = get(proxy, "/", X_Forwarded_For="198.51.100.99", X_Forwarded_Proto="http")

    assert status == 200
    assert "Strict-Transport-Security" in headers
    assert "198.51.100.99" not in app.log.read_text()


@pytest.mark.parametrize(
    "framing",
    [
        "Content-Length: 6\r\nTransfer-Encoding: chunked",
        "Content-Length: 6\r\nContent-Length: 60",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding : chunked",
    ],
)
def test_nothing_reaches_the_site_that_the_proxy_did_not_take_for_a_request(proxy, app, framing):
    """What a proxy reads as a body, and the site as a second request, would go round the proxy."""
    inner = f"GET /inner/ HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"
    text = f"POST /outer/ HTTP/1.1\r\nHost: {HOST}\r\n{framing}\r\n\r\n0\r\n\r\n{inner}"
    before = app.log.read_text()

    def reached() -> int:
        return app.log.read_text().removeprefix(before).count('er/" ')

    get(proxy, "/outer/")
    answer = send(proxy, text.encode())
    get(proxy, f"/after/{len(before)}")

    assert app.has_logged(f"/after/{len(before)}")
    assert wait_for(lambda: reached() >= 1, app.process)
    assert reached() <= 1 + answer.count("HTTP/1.1 ")


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /intake/q/seizures-lately/ FORGED/9",
        "G@T /intake/q/seizures-lately/ HTTP/1.1",
        "GET /intake/q/seizures-lately/?" + "x" * 9000 + " HTTP/1.1",
        "GET / HTTP/1.1\r\nBad Header\x01: x",
        "GET / HTTP/1.1\r\nX: " + "y" * 20000,
    ],
)
def test_gunicorns_own_refusals_carry_the_headers_and_tell_nothing(app, request_line):
    answer = send(app.port, f"{request_line}\r\nHost: {HOST}\r\n\r\n".encode())

    head, _, body = answer.partition("\r\n\r\n")
    assert head.split(" ")[1] in ("400", "414", "431")
    assert {line.partition(":")[0] for line in head.split("\r\n")} >= SECURITY_HEADERS
    assert "988" in body
    assert "seizures" not in answer + app.log.read_text()


def test_the_log_holds_no_address_of_who_fills_in_a_form(app):
    get(app.port, "/intake/", X_Forwarded_For="203.0.113.50", X_Forwarded_Proto="https")
    get(app.port, "/learn/", X_Forwarded_For="203.0.113.51", X_Forwarded_Proto="https")

    assert app.has_logged("203.0.113.51")
    text = app.log.read_text()
    assert "203.0.113.50" not in text
    assert "- [" in text


def test_gunicorn_refuses_to_face_the_network_alone(checkout, production):
    alone = {**production, "TRUSTED_PROXIES": ""}
    done = subprocess.run(
        gunicorn(checkout, 0, bind=f"0.0.0.0:{free_port()}"),
        cwd=checkout, env=alone, capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert done.returncode != 0
    assert "faces the network" in done.stdout + done.stderr


def test_gunicorn_says_in_words_which_setting_is_wrong(checkout, production):
    wrong = {**production, "DRAFT_DAYS": "a week"}
    done = subprocess.run(
        gunicorn(checkout, free_port()), cwd=checkout, env=wrong, capture_output=True, text=True, timeout=60
    )

    assert done.returncode != 0
    assert "Previsit cannot start: DRAFT_DAYS must be from 1 to 30" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_process_without_its_static_files_does_not_start(checkout, production):
    manifest = checkout / "var" / "static" / "staticfiles.json"
    away = manifest.rename(manifest.with_name("away.json"))
    try:
        done = subprocess.run(
            gunicorn(checkout, free_port()), cwd=checkout, env=production, capture_output=True, text=True, timeout=60
        )
    finally:
        away.rename(manifest)

    assert done.returncode != 0
    assert "The static files are not collected" in done.stdout + done.stderr
