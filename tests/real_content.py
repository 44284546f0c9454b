"""The clinic's real pages in a test's database: loaded once a process, copied row by row after that."""

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

from education.documents.load import load_folder
from education.management.commands.load_content import CONTENT

ROWS: dict[type[Model], list[Model]] = {}


def put_content() -> None:
    """Put the whole English content into an empty database, as `load_content` does."""
    models = apps.get_app_config("education").get_models(include_auto_created=True)
    if not ROWS:
        load_folder(CONTENT / "en", "en")
        ROWS.update((model, list(model._base_manager.all())) for model in models)
        return
    with transaction.atomic():
        for model, rows in ROWS.items():
            model._base_manager.bulk_create(rows)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(ROWS)):
                cursor.execute(statement)
