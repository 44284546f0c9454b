"""The one process beside the web server: messages, pages that are due, pruning, the trail's head in the log."""

import logging
import signal
import time
from argparse import ArgumentParser
from collections.abc import Callable
from threading import Event
from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import close_old_connections

from clinic.audit.trail import head_line
from clinic.checks import keep_setup_gaps

MINUTE, HOUR = 60, 3600
logger = logging.getLogger("clinic.maintenance")


def run(command: str, *options: str) -> None:
    """Run a command, if this release has it."""
    if command in get_commands():
        call_command(command, *options)


def log_head() -> None:
    """Keep the head where the database's owner does not reach: logs are shipped."""
    logging.getLogger("clinic.audit").info(head_line())


TASKS: tuple[tuple[str, int, Callable[[], None]], ...] = (
    ("log the head", HOUR, log_head),
    ("send messages", MINUTE // 3, lambda: run("send_messages")),
    ("publish pages whose day has come", MINUTE * 5, lambda: run("publish_due_pages")),
    ("look for what is not set up", MINUTE * 5, keep_setup_gaps),
    ("prune", HOUR, lambda: run("prune")),
    ("delete what is kept no longer", HOUR, lambda: run("apply_retention", "--daily")),
)


def do(name: str, task: Callable[[], None]) -> None:
    """Do one task. What goes wrong is named in the log by its kind, never with a value, and ends nothing else."""
    try:
        task()
    except Exception as error:
        logger.error("%s: %s", name, type(error).__name__)


class Command(BaseCommand):
    help = "Sends messages, prunes and logs the audit trail's head, each at its time, until it is stopped."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do everything once and end, for a timer")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            for name, _seconds, task in TASKS:
                do(name, task)
            return
        stopped = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        due = dict.fromkeys((name for name, _seconds, _task in TASKS), 0.0)
        while not stopped.is_set():
            for name, seconds, task in TASKS:
                if time.monotonic() >= due[name]:
                    do(name, task)
                    due[name] = time.monotonic() + seconds
            close_old_connections()
            stopped.wait(5)
