"""The extensions of a FHIR element: by their address, with values or with parts of their own."""

from typing import Any

from intake.definition.documents import Json

HL7 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
OWN = "https://previsit.example/fhir/StructureDefinition/"


def extensions_of(node: Json, url: str) -> list[Json]:
    return [extension for extension in node.get("extension", []) if extension["url"] == url]


def values_of(node: Json, url: str) -> tuple[Any, ...]:
    """Return the values of an extension that may stand several times."""
    extensions = extensions_of(node, url)
    return tuple(value for extension in extensions for key, value in extension.items() if key.startswith("value"))


def value_of(node: Json, url: str) -> Any:
    return next(iter(values_of(node, url)), None)


def parts_of(node: Json, url: str) -> list[Json]:
    """Return the parts of an extension made of parts, by their names, with the translations of their texts."""
    found = []
    for extension in extensions_of(node, url):
        parts: Json = {}
        for part in extension["extension"]:
            for key, value in part.items():
                if key.startswith("value"):
                    parts[part["url"]] = value
                elif key.startswith("_value"):
                    parts[f"_{part['url']}"] = value
        found.append(parts)
    return found
