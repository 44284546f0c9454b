"""System checks: the questionnaire files parse, and every published version still does."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError

from intake.definition.rules import DefinitionError
from intake.models import QuestionnaireVersion
from intake.questionnaires.publishing import load_folder, shipped
from intake.questionnaires.signs import disagreements

HINT = "Publish a version of the questionnaire whose words agree with the list of signs for 911, or change the list."


@register()
def check_files(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The questionnaire, rules and notices in the repository fit together."""
    found: list[CheckMessage] = []
    for folder in shipped():
        try:
            load_folder(folder)
        except DefinitionError as error:
            found.append(
                Error(
                    f"The questionnaire '{folder.parent.name}/{folder.name}' cannot be used: {error}", id="intake.E001"
                )
            )
    return found


@register(Tags.database)
def check_published(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Every published version can still be read by this program."""
    found: list[CheckMessage] = []
    if not databases:
        return found
    try:
        for version in QuestionnaireVersion.objects.all():
            try:
                version.definition()
            except DefinitionError as error:
                found.append(Error(f"Published version {version} cannot be read: {error}", id="intake.E002"))
    except DatabaseError:
        return []  # before the first migrate there is no table
    return found


@register(Tags.database)
def check_signs(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """What patients sign and are shown now agrees with the content's list for 911."""
    if not databases:
        return []
    try:
        slugs = QuestionnaireVersion.objects.order_by("slug").values_list("slug", flat=True).distinct()
        offered = [version for slug in list(slugs) if (version := QuestionnaireVersion.objects.latest_published(slug))]
        return [
            Warning(f"{version}: {said}.", hint=HINT, id="intake.W001")
            for version in offered
            for said in disagreements(version.definition())
        ]
    except (DatabaseError, DefinitionError):
        return []  # said by the check above
