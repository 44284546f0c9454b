from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"
    verbose_name = "Intake"

    def ready(self) -> None:
        from clinic.audit.binding import further_checks
        from intake.models.work_items import lost_or_changed
        from intake.questionnaires import checks  # noqa: F401  (registers the system checks)

        further_checks.append(lost_or_changed)
