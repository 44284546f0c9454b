"""Django looks for the admin here; each part is defined with its subject."""

from clinic.audit import admin as audit
from clinic.profile import admin as profile
from clinic.staff import admin as staff

__all__ = ["audit", "profile", "staff"]
