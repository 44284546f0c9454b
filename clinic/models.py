"""The clinic's own rows; Django looks for models here, each is defined with its subject."""

from clinic.audit.models import AuditEntry, AuditHead
from clinic.profile.duty import Duty
from clinic.profile.models import Clinic, Limit
from clinic.sealing.keys import DataKey
from clinic.staff.models import Device, KeptForm, KnownAddress, User
from clinic.web.limits import RateLimit
from clinic.web.models import PublicVersion

__all__ = [
    "AuditEntry",
    "AuditHead",
    "Clinic",
    "DataKey",
    "Device",
    "Duty",
    "KeptForm",
    "KnownAddress",
    "Limit",
    "PublicVersion",
    "RateLimit",
    "User",
]
