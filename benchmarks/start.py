"""`python -m benchmarks.start`: what a fresh worker costs until its first page, beside a bare project.

CPU milliseconds of a gunicorn worker from its fork until it has answered one request. The bare project has the same
packages, middleware and their static files, collected as WhiteNoise does, and no line of its own. Every round gives
each its turn. Ratio: Previsit / bare.
"""

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.public import PORT, manage, own_environment
from benchmarks.serving import ROOT, serving

OWN, BARE = "clinic.wsgi:application", "benchmarks.peers.same_packages:application"
COLLECT = f"""
import {BARE.partition(":")[0]}
from django.core.management import call_command
call_command("collectstatic", "--no-input", verbosity=0)
"""
PAGES = ("/", "/intake/", "/learn/driving-home/", "/evidence/")


def cpu_of(app: str, path: str, environment: Mapping[str, str]) -> float:
    """Return the CPU milliseconds that a worker of its own has used when it has answered."""
    with serving(app, PORT, environment) as server:
        answer = server.request(path)
        spent = int(Path(f"/proc/{server.worker}/schedstat").read_text().split()[0])
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"{app} {path}: {answer[:200]!r}")
    return spent / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # byte code is kept, as where it is served
    with TemporaryDirectory(prefix="previsit-bench-") as name:
        environment = {**own_environment(Path(name)), "PYTHONPYCACHEPREFIX": f"{name}/pycache"}
        for words in (["migrate"], ["load_content"], ["load_questionnaires"], ["collectstatic", "--no-input"]):
            manage(environment, *words)
        bare = {**environment, "STATIC_ROOT": f"{name}/static"}
        subprocess.run([sys.executable, "-c", COLLECT], cwd=ROOT, env={**os.environ, **bare}, check=True)
        runs = [(BARE, "/page/", bare), *((OWN, path, environment) for path in PAGES)]
        times: list[list[float]] = [[] for _run in runs]
        for number in range(options.rounds + 1):
            for run, found in zip(runs, times, strict=True):
                spent = cpu_of(*run)
                if number:  # the first round writes the byte code
                    found.append(spent)
    print("\n| first page of a fresh worker | CPU ms, least / median / most | Previsit / bare |\n|---|---|---|")
    for (app, path, _environment), found in zip(runs, times, strict=True):
        ratios = [ours / bare for ours, bare in zip(found, times[0], strict=True)]
        title = "bare project, same packages" if app == BARE else path
        row = f"| {title} | {min(found):.0f} / {statistics.median(found):.0f} / {max(found):.0f} |"
        print(row, f"{min(ratios):.2f} / **{statistics.median(ratios):.2f}** / {max(ratios):.2f} |")


if __name__ == "__main__":
    main()
