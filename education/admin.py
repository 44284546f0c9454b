"""Django looks for the admin here."""

from education.staff import admin

__all__ = ["admin"]
