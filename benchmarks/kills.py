"""`python -m benchmarks.kills --kills 40`: patients fill in forms while the server is killed (-9) again and again.

Each presses the same button again until it is answered. What was answered with 'next page' must be in the database
afterwards, and each form that was answered with 'sent' there exactly once. `--postgres` runs it there.
"""

import argparse
import http.client
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

from benchmarks.browsing import Browser, Fields, read_forms
from benchmarks.intake import best_form, posted_answers
from benchmarks.public import manage, own_environment
from benchmarks.serving import ROOT, wait_for

PORT = 8794
PATIENTS = 4
TURNS = 120


@dataclass
class Patient:
    """Somebody who fills in one form after another, and remembers what was acknowledged."""

    number: int
    until: Event
    forms: list["Form"] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def live(self) -> None:
        while not self.until.is_set():
            form = Form(f"Patient {self.number} {len(self.forms)}")
            self.forms.append(form)
            try:
                form.fill_in(Browser(PORT))
            except RuntimeError as error:
                self.faults.append(str(error))


@dataclass
class Form:
    name: str
    saved: set[str] = field(default_factory=set)  # names of fields on acknowledged pages
    pages: int = 0
    is_sent: bool = False
    pressed_again: int = 0

    def fill_in(self, browser: Browser) -> None:
        answers = {**posted_answers(), "legal-name": [self.name], "signature-name": [self.name]}
        path, seen = "/intake/", set[str]()
        for _turn in range(TURNS):
            _status, leads, page = self.until_answered(lambda path=path: browser.get(path))
            if leads:
                path = leads
                continue
            if "/sent/" in path:
                self.is_sent = True
                return
            forms = read_forms(page)
            number = 0 if "/check/" in path else best_form(forms, answers)
            if number is None or path in seen:
                links = [link for link in forms.links if "/intake/q/" in link and link.partition("?")[0] not in seen]
                path = links[0] if links else "/intake/check/"
                continue
            asked = [name for name in answers if name in forms.names[number]]
            fields: Fields = [*forms.hidden[number], *((name, value) for name in asked for value in answers[name])]
            if not asked:
                fields += forms.buttons[number][:1]
            status, leads, _page = self.until_answered(lambda path=path, fields=fields: browser.post(path, fields))
            if status not in (302, 303):
                raise RuntimeError(f"{self.name}: {path} answered {status}")
            if "/q/" in path:
                seen.add(path)
                self.saved |= {*asked}
                self.pages += 1
            path = leads
        raise RuntimeError(f"{self.name}: the form does not end at {path}")

    def until_answered(self, ask: Callable[[], tuple[int, str, str]]) -> tuple[int, str, str]:
        """Press the button until something comes back."""
        for _try in range(400):
            try:
                return ask()
            except (OSError, http.client.HTTPException):
                self.pressed_again += 1
                time.sleep(0.1)
        raise RuntimeError(f"{self.name}: nobody answers")


@contextmanager
def server(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "gunicorn", "clinic.wsgi", "--config", "deploy/gunicorn.conf.py"]
    command += ["--bind", f"127.0.0.1:{PORT}", "--access-logfile", "/dev/null", "--log-level", "critical"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True) as process:
        wait_for(PORT)
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311
    with TemporaryDirectory(prefix="previsit-kills-") as name, ExitStack() as stack:
        more = {"INTAKE_STARTS_AN_HOUR": "1000", "SITE_URL": f"http://localhost:{PORT}"}
        environment = {**os.environ, **own_environment(Path(name)), **more}
        if options.postgres:
            from tests.run import embedded_postgres

            environment["DATABASE_URL"] = stack.enter_context(embedded_postgres())
        os.environ.update(environment)
        for words in (["migrate"], ["load_questionnaires"], ["collectstatic", "--no-input"]):
            manage(environment, *words)
        import django

        django.setup()
        until = Event()
        patients = [Patient(number, until) for number in range(PATIENTS)]
        threads = [Thread(target=patient.live) for patient in patients]
        for number in range(options.kills):
            with server(environment):
                if not number:
                    for thread in threads:
                        thread.start()
                time.sleep(chance.uniform(0.1, 2.5))
        with server(environment):
            until.set()
            for thread in threads:
                thread.join()
        report(options, [form for patient in patients for form in patient.forms], patients)


def report(options: argparse.Namespace, forms: list[Form], patients: list[Patient]) -> None:
    """Compare what was acknowledged with what is there, and print the figures."""
    from django.db import connection

    kept: dict[str, list[dict[str, Any]]] = {}
    for answers in kept_answers():
        kept.setdefault(answers.get("legal-name", ""), []).append(answers)
    lost, doubled = [], []
    for form in forms:
        found = kept.get(form.name, [])
        if form.is_sent and len(found) != 1:
            doubled.append(form.name)
        if "legal-name" in form.saved and not found:
            lost.append(form.name)
        for answers in found[:1]:
            lost += [f"{form.name}: {path}" for path in form.saved if path in expected() and path not in answers]
    print(
        f"{date.today()}, {connection.vendor}, seed {options.seed}: {options.kills} kills, "
        f"{sum(form.pages for form in forms)} pages and {sum(form.is_sent for form in forms)} forms acknowledged, "
        f"{sum(form.pressed_again for form in forms)} presses unanswered and repeated; "
        f"lost {len(lost)}, doubled {len(doubled)}, faults {sum(len(patient.faults) for patient in patients)}"
    )
    for line in [*lost, *doubled, *(fault for patient in patients for fault in patient.faults)]:
        print(line)
    from django.core.management import call_command

    call_command("verify_audit")
    sys.exit(bool(lost or doubled or any(patient.faults for patient in patients)))


def expected() -> dict[str, Any]:
    from benchmarks.intake import answers_given

    return answers_given()[1]


def kept_answers() -> Iterator[dict[str, Any]]:
    """Yield what every draft and submission holds."""
    from intake.models import Draft, Submission

    for draft in Draft.objects.all():
        if draft.answers:
            yield draft.answers
    for submission in Submission.objects.select_related("content"):
        yield submission.answered()


if __name__ == "__main__":
    main()
