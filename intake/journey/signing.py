"""Whether the typed signature is the name that one would expect. Pure."""

from intake.definition.contact import signature_fits
from intake.response.response import Response


def expected_signature(response: Response) -> str:
    """Return the legal name; of somebody who answers for the patient, their own."""
    role = "helper-name" if response.role("helper") == "proxy" else "legal-name"
    return str(response.role(role) or "")


def signs_otherwise(response: Response) -> bool:
    """Say whether a signature was typed that does not fit."""
    signature, expected = response.role("signature"), expected_signature(response)
    if not (signature and expected):
        return False
    preferred = "" if response.role("helper") == "proxy" else str(response.role("preferred-name") or "")
    return not signature_fits(str(signature), expected, preferred)
