"""Static files that are never away: not while new ones are collected, nor when a process starts meanwhile."""

import os
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from time import time
from typing import Any, cast

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

KEPT_FOR = 30 * 24 * 3600  # an old page, open or in a cache, may still ask for them


def put(path: Path, content: bytes) -> None:
    """Write a file so that whoever reads it meets the old one or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    os.replace(file.name, path)


class PutsInPlace(FileSystemStorage):
    """Put each file in place of the old one at once, and take none away."""

    def delete(self, name: str) -> None:
        """Leave it: the new one takes its place."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: Any) -> str:
        # From its beginning: whoever hashed it has read it to the end.
        put(Path(self.path(name)), b"".join(content.chunks()))
        return name


class PuttingCompressor(Compressor):
    def write_data(self, path: str, data: bytes, suffix: str, stat_result: os.stat_result) -> str:
        put(Path(path + suffix), data)
        return path + suffix


class StaticFilesStorage(PutsInPlace, CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage, whose files and manifest are there at every moment."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        manifest_storage = PutsInPlace(settings.STATIC_ROOT)
        super().__init__(*args, manifest_storage=manifest_storage, **kwargs)  # type: ignore[no-untyped-call]
        self.url = cache(self.url)  # type: ignore[method-assign]  # a page names eight, and the manifest never changes

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return PuttingCompressor(**kwargs)  # type: ignore[no-untyped-call]


def delete_old_files() -> None:
    """Delete what no manifest has named for thirty days."""
    root, storage = Path(settings.STATIC_ROOT), cast(StaticFilesStorage, staticfiles_storage)
    current = {*storage.hashed_files, *storage.hashed_files.values(), storage.manifest_name}
    for file in root.rglob("*"):
        name = str(file.relative_to(root)).removesuffix(".gz").removesuffix(".br")
        if file.is_file() and name not in current and time() - file.stat().st_mtime > KEPT_FOR:
            file.unlink()


def check_manifest() -> None:
    """Raise ImproperlyConfigured when a process would answer every page with an error for want of its manifest."""
    if hasattr(staticfiles_storage, "read_manifest") and staticfiles_storage.read_manifest() is None:
        raise ImproperlyConfigured("The static files are not collected. Run `manage.py prepare` first.")
