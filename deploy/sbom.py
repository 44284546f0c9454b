"""`make sbom`: what Previsit is made of, as CycloneDX, from the lock file and the installed packages.

Prints each package with its licence too. A scanner reads the file and knows which versions are weak.
"""

import json
import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def locked(lock: str) -> dict[str, tuple[str, list[str]]]:
    """Return the version and the hashes of each package in a lock file."""
    found: dict[str, tuple[str, list[str]]] = {}
    name = ""
    for line in lock.splitlines():
        if head := PACKAGE.match(line):
            name = head[1].lower()
            found[name] = (head[2], [])
        if name:
            found[name][1].extend(HASH.findall(line))
    return found


def licence_of(name: str) -> str:
    """Return the licence that a package names for itself."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return "not installed here"
    classifiers = [line for line in said.get_all("Classifier") or [] if line.startswith("License ::")]
    short = said.get("License-Expression") or ", ".join(line.rpartition(" :: ")[2] for line in classifiers)
    return short or (said.get("License") or "not named").splitlines()[0]


def component(name: str, version: str, hashes: list[str]) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": f"pkg:pypi/{name}@{version}",
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name}@{version}",
        "licenses": [{"license": {"name": licence_of(name)}}],
        "hashes": [{"alg": "SHA-256", "content": one} for one in hashes],
    }


def bill(lock: str) -> dict[str, Any]:
    """Return the whole bill of materials; the same for the same lock file."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "previsit", "bom-ref": "previsit"}},
        "components": [component(name, version, hashes) for name, (version, hashes) in sorted(locked(lock).items())],
    }


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "sbom.cdx.json"
    found = bill((ROOT / "requirements.txt").read_text())
    target.write_text(json.dumps(found, indent=2) + "\n")
    for one in found["components"]:
        print(f"{one['name']:24} {one['version']:12} {one['licenses'][0]['license']['name']}")
    print(f"{len(found['components'])} packages in {target.name}")


if __name__ == "__main__":
    main()
