"""Django looks for the admin here."""

from intake.review import admin, limits

__all__ = ["admin", "limits"]
