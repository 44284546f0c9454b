from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"
    verbose_name = "Intake"

    def ready(self) -> None:
        from clinic.audit.binding import further_checks
        from clinic.backup.keys import after_restore
        from intake.models.integrity import changed_documents, closed_by_nobody, lost_or_changed, lost_words
        from intake.models.retention import bury_shredded
        from intake.questionnaires import checks  # noqa: F401  (registers the system checks)

        after_restore.append(bury_shredded)
        further_checks.extend([lost_or_changed, lost_words, closed_by_nobody, changed_documents])
