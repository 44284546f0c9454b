"""A database that does not answer, or cannot be written: what was typed is shown again, and pages still show."""

import pytest
from django.db import OperationalError, connection

from tests.intake.cases import QUIET
from tests.intake.factories import begin, go_away, main_text, page_url, publish_previsit, put

pytestmark = pytest.mark.django_db


def does_not_answer(execute, sql, params, many, context):
    raise OperationalError("the connection was closed")


def cannot_be_written(execute, sql, params, many, context):
    if sql.startswith(("INSERT", "UPDATE", "DELETE")):
        raise OperationalError("attempt to write a readonly database")
    return execute(sql, params, many, context)


def test_a_page_posted_while_the_database_is_away_is_shown_again_with_what_was_typed(client):
    put(begin(client), QUIET)
    url = page_url("your-name")

    with connection.execute_wrapper(does_not_answer):
        response = client.post(url, {"legal-name": "Typed Once", "revision": "0"})

    html = response.content.decode()
    assert response.status_code == 503
    assert 'name="legal-name" value="Typed Once"' in html
    assert f'action="{url}"' in html
    assert html.count("<button") == 1


def test_a_crisis_answer_posted_while_the_database_is_away_shows_help_first(client):
    put(begin(client), QUIET)
    url = page_url("safe-today")

    with connection.execute_wrapper(does_not_answer):
        response = client.post(url, {"safe-now": "no", "revision": "0"})

    assert main_text(response).startswith("Need help right now?")


def test_the_start_button_pressed_while_the_database_is_away_can_be_pressed_again(client):
    publish_previsit()

    with connection.execute_wrapper(does_not_answer):
        response = client.post("/intake/", {})

    assert response.status_code == 503
    assert "was not saved yet" in main_text(response)


def test_pages_show_while_nothing_can_be_written(client):
    draft = put(begin(client), QUIET)
    go_away(draft, 5)

    with connection.execute_wrapper(cannot_be_written):
        response = client.get(page_url("your-name"))

    assert response.status_code == 200
    assert "Your name" in main_text(response)
