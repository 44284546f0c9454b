"""Texts of a definition in the reader's language, by FHIR's translation extension."""

from collections.abc import Mapping
from typing import Any

TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"


def text_in(node: Mapping[str, Any], key: str, language: str) -> str:
    """Return `node[key]` in a language where its `_key` holds a translation, else as it stands."""
    return translated(str(node.get(key, "")), node.get(f"_{key}", {}), language)


def translated(text: str, translations: Mapping[str, Any], language: str) -> str:
    """Return a text in a language where its translations have it, else as it stands."""
    for extension in translations.get("extension", []):
        if extension["url"] == TRANSLATION:
            parts = {part["url"]: part for part in extension["extension"]}
            if parts["lang"]["valueCode"] == language:
                return str(parts["content"]["valueString"])
    return text
