"""The environment: every setting is read here, and a bad value stops the start."""

import os
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import FileAwareEnv

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_ENV = BASE_DIR / "var" / "local.env"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")

env = FileAwareEnv()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class SiteUrl:
    """The one address people use; it decides about https, cookies and hosts."""

    url: str
    host: str
    is_https: bool

    @property
    def is_local(self) -> bool:
        return self.host in LOCAL_HOSTS


def read_local_env(path: Path = LOCAL_ENV) -> None:
    """Read what `make run` wrote, unless the environment brings its own secrets.

    Raises ImproperlyConfigured when that file would serve an https site: its secrets were
    made for one person's machine.
    """
    if "SECRET_KEY" in os.environ or "SECRET_KEY_FILE" in os.environ or not path.is_file():
        return
    if os.environ.get("SITE_URL", "").startswith("https://"):
        raise ImproperlyConfigured(
            "SITE_URL is https, but SECRET_KEY is not set. Set SECRET_KEY, ANSWER_KEYS, INDEX_KEY and "
            "AUDIT_KEY in the environment; var/local.env is for http://127.0.0.1 only."
        )
    env.read_env(path)
    if os.environ.get("SITE_URL", "").startswith("https://"):
        raise ImproperlyConfigured("var/local.env may not name an https SITE_URL.")


def env_secret(name: str) -> str:
    """Return a secret from NAME, or from the file that NAME_FILE names."""
    try:
        value = env.str(name, default="").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from error
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it (or {name}_FILE) in the environment, or run `make run` once, "
            "which makes secrets for this machine."
        )
    return value


def env_site_url() -> SiteUrl:
    """Return SITE_URL; http is for this machine only."""
    url = env.str("SITE_URL", default="").rstrip("/")
    if not url:
        raise ImproperlyConfigured(
            "SITE_URL is not set. Set it in the environment, such as https://intake.example.org, "
            "or run `make run` once, which sets up this machine."
        )
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured(f"SITE_URL must look like https://intake.example.org, not {url!r}.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    site = SiteUrl(url, host, parts.scheme == "https")
    if not site.is_https and not site.is_local:
        raise ImproperlyConfigured(
            f"SITE_URL {url} is not https. Health answers may travel only over https; "
            "http is allowed for localhost, 127.0.0.1 and [::1]."
        )
    return site


def env_proxies(name: str) -> list[str]:
    """Return the addresses of proxies whose X-Forwarded-* headers count."""
    proxies: list[str] = env.list(name, default=[])
    for proxy in proxies:
        try:
            ip_network(proxy)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {error}") from error
    return proxies
