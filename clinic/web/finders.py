"""Bootstrap's reboot from the installed package, and nothing else of it."""

from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, Storage

# With its map: the manifest storage refuses a style sheet whose source map is missing.
WANTED = {
    f"bootstrap/css/{name}": f"css/{name}" for name in ("bootstrap-reboot.min.css", "bootstrap-reboot.min.css.map")
}


class BootstrapFinder(BaseFinder):
    """Find Bootstrap's reboot in the bootstrap-wrapper package.

    Raises ImproperlyConfigured when the package is not installed.
    """

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        try:
            # "bootstrap" is a namespace package: only its folders have one place on disk.
            self.root = Path(str(files("bootstrap") / "css")).parent
        except ModuleNotFoundError as error:
            raise ImproperlyConfigured("The package bootstrap-wrapper is not installed.") from error
        self.storage = BootstrapStorage(location=self.root)

    def find(self, path: str, *args: Any, **kwargs: Any) -> Any:
        find_all = kwargs.get("find_all", kwargs.get("all", False))
        found = [str(self.root / WANTED[path])] if path in WANTED else []
        return found if find_all else (found[0] if found else [])

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for path in WANTED:
            yield path, self.storage


class BootstrapStorage(FileSystemStorage):
    """Open a wanted file by the address it has on our pages."""

    def path(self, name: str) -> str:
        return super().path(WANTED.get(name, name))
