from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EducationConfig(AppConfig):
    """Pages, FAQ, glossary and evidence: public, and the same for every reader."""

    name = "education"
    verbose_name = _("Education")

    def ready(self) -> None:
        from education import checks  # noqa: F401  registers the checks
