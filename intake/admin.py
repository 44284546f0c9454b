"""Django looks for the admin here."""

from intake.review import admin

__all__ = ["admin"]
