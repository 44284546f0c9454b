"""Two processes with one database: the other one shows a change within a second."""

import os
import subprocess
import sys
from time import monotonic, sleep
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from education.models import Page
from tests.real_content import put_content

OTHER = """
import django, sys
django.setup()
import clinic.settings
from django.conf import settings
from django.test import Client
settings.PUBLIC_VERSION_SECONDS = clinic.settings.PUBLIC_VERSION_SECONDS
client = Client()
for path in sys.stdin:
    page = client.get(path.strip()).content.decode()
    print(page.partition("<h1>")[2].partition("</h1>")[0], flush=True)
"""


def address_of_the_test_database() -> str:
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["TEST_DATABASE_URL"])._replace(path=f"/{name}").geturl()


@pytest.fixture
def other():
    """A process that answers a path with the page's heading, that looks for changes as often as a served one."""
    environment = os.environ | {"TEST_DATABASE_URL": address_of_the_test_database()}
    with subprocess.Popen(
        [sys.executable, "-c", OTHER],
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def heading(path):
            process.stdin.write(f"{path}\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield heading
        process.kill()


@pytest.mark.django_db(transaction=True)
def test_a_change_shows_in_the_saving_process_at_once_and_in_the_other_within_a_second(client, other):
    put_content()
    path, old = "/learn/driving-home/", Page.objects.get(slug="driving-home").title
    assert other(path) == old
    assert old in client.get(path).content.decode()

    for title in ("May I drive on Tuesday?", "May I drive on Wednesday?"):
        Page.objects.filter(slug="driving-home").update(title=title)
        saved = monotonic()

        assert title in client.get(path).content.decode()
        asked = monotonic()
        while other(path) != title:
            assert asked - saved < 1.1  # whoever asks later has it, however long the drawing takes
            sleep(0.02)
            asked = monotonic()
        assert [other(path) for _ in range(5)] == [title] * 5
