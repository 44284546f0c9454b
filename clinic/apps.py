from django.apps import AppConfig, apps
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
        # a changed table has lost its triggers on SQLite. It comes once for each app: the last has everything.
        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(update_groups, sender=last, dispatch_uid="clinic.update_groups")
        post_migrate.connect(guard_tables, sender=last, dispatch_uid="clinic.guard_tables")
        post_migrate.connect(count_changes, sender=last, dispatch_uid="clinic.count_changes")
