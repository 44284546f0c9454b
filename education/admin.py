"""Django looks for the admin here."""

from education.staff import admin, pages

__all__ = ["admin", "pages"]
