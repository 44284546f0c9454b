from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ClinicConfig(AppConfig):
    name = "clinic"
    verbose_name = "Clinic"

    def ready(self) -> None:
        from clinic import checks  # noqa: F401  (registers the system checks)
        from clinic.audit.append_only import guard_tables
        from clinic.staff.groups import update_groups
        from clinic.web.public_version import count_changes

        # The one signal: permissions do not exist while data migrations run on an empty database, and
        # a changed table has lost its triggers on SQLite.
        post_migrate.connect(update_groups, dispatch_uid="clinic.update_groups")
        post_migrate.connect(guard_tables, dispatch_uid="clinic.guard_tables")
        post_migrate.connect(count_changes, dispatch_uid="clinic.count_changes")
