"""The bill of materials names every locked package."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_bill_names_each_locked_package_with_version_hash_and_licence(tmp_path):
    target = tmp_path / "sbom.json"
    done = subprocess.run(
        [sys.executable, "deploy/sbom.py", str(target)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    bill = json.loads(target.read_text())
    names = {one["name"] for one in bill["components"]}
    locked = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line[:60]]
    assert bill["bomFormat"] == "CycloneDX"
    assert len(names) == len(locked)
    assert {"django", "cryptography", "gunicorn"} <= names
    for one in bill["components"]:
        assert one["hashes"], one["name"]
        assert one["licenses"][0]["license"]["name"]
    assert "django " in done.stdout
