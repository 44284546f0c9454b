"""`python -m benchmarks.intake`: what a page of questions costs beside a django-formtools wizard; what screening costs.

CPU milliseconds of the worker. A step of Previsit is the POST of a page and the GET it leads to; a step of the wizard
is the POST that answers with the next page. Every round gives each its turn. Ratio: Previsit / wizard, 1.0 is equal.
"""

import argparse
import json
import os
import platform
import random
import statistics
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.browsing import Browser, Fields, FormReader, read_forms
from benchmarks.public import manage, own_environment
from benchmarks.serving import Contender, Server, alternate, ratios, serving

PORT = 8790
TRIES = 400  # answer sets that the loudest is looked for in
REPEATS = 1000


@dataclass(frozen=True)
class Step:
    """A page as it is posted again and again."""

    title: str
    path: str
    fields: Fields
    count: int  # fields that are asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--pages", type=int, default=5)
    options = parser.parse_args()
    packages = ", ".join(f"{name} {version(name)}" for name in ("django", "django-formtools", "crispy-bootstrap5"))
    print(f"{date.today()}, Python {platform.python_version()}, {packages}; wizard's sessions: database")
    with TemporaryDirectory(prefix="previsit-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        environment = {**own_environment(folder), "SITE_URL": f"http://localhost:{PORT}"}
        os.environ.update(environment)
        for words in (["migrate"], ["load_content"], ["load_questionnaires"], ["collectstatic", "--no-input"]):
            manage(environment, *words)
        import django

        django.setup()
        print_screening()
        pages = folder / "pages.json"
        pages.write_text(json.dumps(pages_of_the_form()))
        own = stack.enter_context(serving("clinic.wsgi:application", PORT, environment))
        peer_environment = {"PEER_DATABASE": str(folder / "wizard.sqlite3"), "PEER_PAGES": str(pages)}
        peer = stack.enter_context(serving("benchmarks.peers.wizard:application", PORT + 1, peer_environment))
        compare(own, peer, json.loads(pages.read_text()), options)


def answers_given() -> tuple[Any, dict[str, Any]]:
    """Return the newest form and answers of somebody with nothing to report."""
    from intake.questionnaires.publishing import find_definition
    from intake.response.answers import parse_answers
    from tests.intake.cases import TODAY
    from tests.intake.cases_v2 import QUIET

    definition = find_definition("previsit")
    assert definition is not None  # noqa: S101
    return definition, parse_answers(definition, QUIET, today=TODAY)


def pages_of_the_form() -> list[dict[str, Any]]:
    """Describe the pages that this person meets, for the wizard."""
    from intake.response.response import Response

    definition, answers = answers_given()
    response = Response(definition, answers)
    pages = []
    for page in response.pages:
        fields = [
            {
                "name": item.link_id,
                "label": response.text_of(item),
                "help": item.help,
                "type": item.type,
                "repeats": item.repeats,
                "required": item.required and item.link_id not in definition.group_of,
                "choices": [(option.code, option.label) for option in item.options],
            }
            for item in page.questions
        ]
        pages.append({"name": page.link_id, "title": page.title, "fields": fields})
    return pages


def posted_answers() -> dict[str, list[str]]:
    """Return the answers by the names of their fields, as a browser posts them."""
    from tests.intake.factories import posted

    definition, answers = answers_given()
    fields: dict[str, list[str]] = {"device": ["own"]}
    for path, value in answers.items():
        item = definition.item_at(path)
        for name, given in posted(item, value).items():
            fields[name] = [str(one) for one in given] if isinstance(given, list) else [str(given)]
    return fields


def walk_own(port: int) -> tuple[Browser, list[Step]]:
    """Go through the form once, and keep each page of questions as it was posted."""
    browser, answers = Browser(port), posted_answers()
    steps: list[Step] = []
    path, seen = "/intake/", set()
    for _turn in range(200):
        _status, leads, page = browser.get(path)
        if leads:
            path = leads
            continue
        if "/check/" in path:
            return browser, steps
        forms = read_forms(page)
        number = best_form(forms, answers)
        if number is None or path in seen:
            path = next(link for link in forms.links if "/intake/q/" in link and link.partition("?")[0] not in seen)
            continue
        fields = list(forms.hidden[number])
        asked = [name for name in answers if name in forms.names[number]]
        fields += [(name, value) for name in asked for value in answers[name]]
        if not asked:
            fields += forms.buttons[number][:1]
        seen.add(path)
        status, leads, answer = browser.post(path, fields)
        if status not in (302, 303):
            raise RuntimeError(f"{path}: {status} {answer[:400]}")
        if "/q/" in path:
            steps.append(Step(read_title(page), path, fields, len(asked)))
        path = leads
    raise RuntimeError("the form does not end")


def best_form(forms: FormReader, answers: dict[str, list[str]]) -> int | None:
    """Return the form that asks the most of what there is an answer to; else the first with a button of its own."""
    asked = [len(names & answers.keys()) for names in forms.names]
    if asked and max(asked):
        return asked.index(max(asked))
    return next((number for number, buttons in enumerate(forms.buttons) if buttons), None)


def read_title(page: str) -> str:
    return page.partition("<title>")[2].partition("</title>")[0].strip()


def walk_wizard(port: int, pages: list[dict[str, Any]]) -> tuple[Browser, list[Step]]:
    """Go through the wizard once, and keep each step as it was posted."""
    browser = Browser(port)
    _definition, answers = answers_given()
    steps = []
    _status, _leads, page = browser.get("/wizard/")
    for one in pages:
        forms = read_forms(page)
        fields = list(forms.hidden[0])
        for node in one["fields"]:
            for value in plain(answers.get(node["name"])):
                fields.append((f"{one['name']}-{node['name']}", value))
        steps.append(Step(one["title"], "/wizard/", fields, len(one["fields"])))
        status, _leads, page = browser.post("/wizard/", fields)
        if status != 200 or "is-invalid" in page:
            raise RuntimeError(f"{one['name']}: {status} {page[:2000]}")
    return browser, steps


def plain(value: Any) -> list[str]:
    if value is None or value is False:
        return []
    if isinstance(value, dict):
        return [str(value["value"])]
    return [str(one) for one in value] if isinstance(value, list) else ["on" if value is True else str(value)]


def compare(own: Server, peer: Server, pages: list[dict[str, Any]], options: argparse.Namespace) -> None:
    browser, steps = walk_own(own.port)
    other, wizard_steps = walk_wizard(peer.port, pages)
    print(f"\n{len(steps)} pages of questions, {sum(step.count for step in steps)} fields posted")
    print("| page | fields | Previsit: POST + GET, ms | wizard: a step, ms | ratio |\n|---|---|---|---|---|")
    by_size = sorted(range(min(len(steps), len(wizard_steps)) - 1), key=lambda number: steps[number].count)
    chosen = {by_size[round(place * (len(by_size) - 1) / (options.pages - 1))] for place in range(options.pages)}
    for number in sorted(chosen):
        one, two = steps[number], wizard_steps[number]
        ours = Contender(one.title, own, lambda server, one=one: ask_own(browser, one))
        theirs = Contender(two.title, peer, lambda server, two=two: ask_wizard(other, two))
        alternate([ours, theirs], options.rounds, options.seconds)
        low, middle, high = ratios(theirs, ours)
        print(
            f"| {one.title} | {one.count} | {statistics.median(ours.milliseconds):.1f} "
            f"| {statistics.median(theirs.milliseconds):.1f} | {low:.2f} / **{middle:.2f}** / {high:.2f} |"
        )


def ask_own(browser: Browser, step: Step) -> bytes:
    status, leads, _page = browser.post(step.path, step.fields)
    if status in (302, 303):
        status, _leads, _page = browser.get(leads)
    return f"HTTP/1.1 {status}".encode()


def ask_wizard(browser: Browser, step: Step) -> bytes:
    status, _leads, _page = browser.post(step.path, step.fields)
    return f"HTTP/1.1 {status}".encode()


def print_screening() -> None:
    """Print the median of screening the loudest answers, and the quiet ones."""
    from intake.response.response import Response
    from intake.screening.engine import screen
    from tests.intake.cases import TODAY

    definition, quiet = answers_given()
    loudest = find_loudest(definition)
    print("\n| answers | answered | flags | CPU ms, median of 1,000 |\n|---|---|---|---|")
    for name, answers in (("the loudest found", loudest), ("quiet", quiet), ("none", {})):
        times = []
        for _time in range(REPEATS):
            start = time.process_time()
            found = screen(Response(definition, answers), as_of=TODAY)
            times.append((time.process_time() - start) * 1000)
        print(f"| {name} | {len(found.answers)} | {len(found.flags)} | {statistics.median(times):.2f} |")


def find_loudest(definition: Any) -> dict[str, Any]:
    """Return the answers of many tries that raise the most; no medicine is named."""
    from intake.response.response import Response
    from intake.screening.engine import screen
    from tests.intake.cases import TODAY

    chance = random.Random(1)  # noqa: S311
    best: tuple[int, dict[str, Any]] = (-1, {})
    for _try in range(TRIES):
        answers: dict[str, Any] = {}
        for link_id, item in definition.questions.items():
            if item.type == "choice":
                codes = [option.code for option in item.options if not option.is_exclusive]
                grave = [code for code in ("yes", "not-sure", "in-person") if code in codes] or codes
                answers[link_id] = codes if item.repeats else chance.choice(grave)
            elif item.type == "boolean":
                answers[link_id] = True
            elif item.type == "quantity":
                base = item.maximum.value if item.maximum else 100
                answers[link_id] = {"value": float(base) * chance.choice((0.5, 0.7)), "unit": item.units[0]}
            elif item.type == "date":
                answers[link_id] = "1940-01-01"
            elif item.role not in ("medicine-name", "medicine-text") and link_id not in definition.group_of:
                answers[link_id] = "text"
        found = screen(Response(definition, answers), as_of=TODAY)
        size = len(found.answers) + len(found.flags)
        if size > best[0]:
            best = (size, answers)
    return best[1]


if __name__ == "__main__":
    main()
