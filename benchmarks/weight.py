"""`python -m benchmarks.weight`: the style sheets each kind of page loads, and their weight with Brotli."""

import os
import re
import sys
from pathlib import Path
from posixpath import dirname, join, normpath

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import brotli
import django

KINDS = {
    "public page": "base.html",
    "intake page": "intake/base.html",
    "staff sign-in": "account/base.html",
    "error page": "components/error_page.html",
    "staff page": "admin/base_site.html",
}
SHEET = re.compile(r'<link rel="stylesheet" href="/static/([^"]+)"')
IMPORT = re.compile(r'@import\s+url\("([^"]+)"\)')


def sheets_of(template: str) -> list[str]:
    """List the style sheets a template links, and what they import."""
    from django.contrib.auth.models import AnonymousUser
    from django.template.loader import render_to_string
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    found = SHEET.findall(render_to_string(template, {}, request))
    for name in found:  # grows: an imported sheet may import another
        text = path_of(name).read_text(encoding="utf-8")
        found += [normpath(join(dirname(name), target)) for target in IMPORT.findall(text)]
    return found


def path_of(name: str) -> Path:
    from django.contrib.staticfiles.finders import find

    return Path(str(find(name)))


def weight(name: str) -> int:
    """Return a sheet's size in bytes as it is sent."""
    return len(brotli.compress(path_of(name).read_bytes()))


def main() -> int:
    django.setup()
    for kind, template in KINDS.items():
        weights = {name: weight(name) for name in sheets_of(template)}
        print(f"{kind:14} {sum(weights.values()):6,} bytes, {len(weights)} style sheets")
        for name, size in weights.items():
            print(f"{'':14} {size:6,}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
