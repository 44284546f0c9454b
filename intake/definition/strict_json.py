"""JSON that means one thing only: no key twice, no NaN."""

import json
from decimal import Decimal
from typing import Any


class JsonError(ValueError):
    """Say in one sentence why a text is not the JSON we take."""


def read_json(text: str | bytes, *, is_exact: bool = False) -> Any:
    """Parse JSON in UTF-8; a repeated key, NaN and Infinity are errors. Exact: numbers with a point come as Decimal."""
    parse_float = Decimal if is_exact else float
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=parse_float)
    except JsonError:
        raise
    except UnicodeDecodeError as error:
        raise JsonError("it is not UTF-8 text") from error
    except RecursionError as error:
        raise JsonError("it is nested too deep") from error
    except ValueError as error:
        raise JsonError(f"it is not JSON: {error}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise JsonError(f"{key} stands twice")
        found[key] = value
    return found


def _constant(name: str) -> Any:
    raise JsonError(f"{name} is not a number")
