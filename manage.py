#!/usr/bin/env python
"""Run Previsit's commands."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    os.umask(0o077)  # what is written here holds health answers
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Previsit cannot start: {error}")
    except (OperationalError, ProgrammingError) as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(
            f"Previsit: the database says: {str(error).splitlines()[0]}\n"
            "Does DATABASE_URL lead to it, and did `manage.py prepare` run? More with --traceback."
        )


if __name__ == "__main__":
    main()
