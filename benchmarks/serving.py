"""Servers to compare: each a gunicorn with one synchronous worker, whose CPU time is read from the system."""

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server and the worker that answers."""

    port: int
    worker: int

    def cpu_seconds(self) -> float:
        """Return the CPU time the worker has used, in user and system mode."""
        fields = Path(f"/proc/{self.worker}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def request(self, path: str, headers: Mapping[str, str] | None = None) -> bytes:
        """Ask once, on a connection of its own, and return the whole answer."""
        lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{self.port}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode())
            return b"".join(iter(lambda: connection.recv(65536), b""))


@contextmanager
def serving(
    app: str, port: int, environment: Mapping[str, str], python: str = sys.executable, cwd: Path = ROOT
) -> Iterator[Server]:
    """Serve a WSGI application until the block ends."""
    command = [python, "-m", "gunicorn", app, "--bind", f"127.0.0.1:{port}", "--workers", "1", "--log-level", "error"]
    if python == sys.executable:
        command.append("--no-control-socket")
    with subprocess.Popen(command, cwd=cwd, env={**os.environ, **environment}) as process:
        try:
            wait_for(port)
            while not (children := Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()):
                time.sleep(0.01)  # it listens before it has a worker
            yield Server(port, int(children[0]))
        finally:
            process.terminate()


def wait_for(port: int, seconds: float = 60) -> None:
    """Return as soon as something listens there."""
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


@dataclass
class Contender:
    """What is compared: one request to a server, over and over."""

    name: str
    server: Server
    ask: Callable[[Server], bytes]
    expects: bytes = b"HTTP/1.1 200"
    milliseconds: list[float] = field(default_factory=list)  # of CPU a request, one figure a round

    def run(self, seconds: float) -> None:
        start, before, count = time.monotonic(), self.server.cpu_seconds(), 0
        while time.monotonic() - start < seconds:
            answer = self.ask(self.server)
            if not answer.startswith(self.expects):
                raise RuntimeError(f"{self.name}: {answer[:200]!r}")
            count += 1
        self.milliseconds.append((self.server.cpu_seconds() - before) * 1000 / count)


def alternate(contenders: list[Contender], rounds: int, seconds: float) -> None:
    """Give each its turn in every round, so that a machine that slows down slows all of them."""
    for one in contenders:
        one.run(min(seconds, 1))
        one.milliseconds.clear()
    for _round in range(rounds):
        for one in contenders:
            one.run(seconds)


def ratios(ours: Contender, peer: Contender) -> tuple[float, float, float]:
    """Return how many of our requests one of the peer's costs: least, median, most, round by round."""
    each = [theirs / own for own, theirs in zip(ours.milliseconds, peer.milliseconds, strict=True)]
    return min(each), statistics.median(each), max(each)
