"""docs/architecture.md names what there is: every package has its line, and nothing it names is gone."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "architecture.md").read_text()
LEFT_OUT = {"management", "commands", "migrations"}  # Django's own folders


def packages() -> set[str]:
    """Name every package of the three apps, and the app that is not only the sum of its packages."""
    found = {
        ".".join(init.parent.relative_to(ROOT).parts)
        for app in ("clinic", "education", "intake")
        for init in (ROOT / app).rglob("__init__.py")
    }
    return {name for name in found if not LEFT_OUT & set(name.split("."))} - {"education", "intake"}


def test_every_package_has_its_line():
    assert set(re.findall(r"^\| `([a-z_.]+)` \|", TEXT, re.MULTILINE)) == packages()


def test_every_file_it_names_is_there():
    named = re.findall(r"`((?:clinic|education|intake|static|templates)/[\w/.-]+)`?", TEXT)

    assert len(named) > 25
    assert [name for name in named if not (ROOT / name).exists()] == []
