"""The environment: every setting is read here, and a bad value stops the start."""

import os
import re
from base64 import b64decode
from binascii import Error as Base64Error
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import FileAwareEnv
from msgspec import Struct

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"
LOCAL_ENV = VAR / "local.env"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
KEY_BYTES = 32
SECRET_LENGTH = 50

env = FileAwareEnv()  # type: ignore[no-untyped-call]


class SiteUrl(Struct, frozen=True):
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
            "AUDIT_KEYS in the environment; var/local.env is for http://127.0.0.1 only."
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


def read_key(text: str) -> bytes:
    """Return the 32 bytes of a base64 key; raise ImproperlyConfigured without naming it."""
    try:
        key = b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise ImproperlyConfigured("a key is not base64. Make one: openssl rand -base64 32") from error
    if len(key) != KEY_BYTES or len(set(key)) < 8:
        raise ImproperlyConfigured("a key must be 32 random bytes in base64. Make one: openssl rand -base64 32")
    return key


def env_keys(name: str, *, required: bool = True) -> list[str]:
    """Return the keys in NAME, several with commas; each is checked here, so that none fails before a patient."""
    if not required and name not in os.environ and f"{name}_FILE" not in os.environ:
        return []
    keys = [key.strip() for key in env_secret(name).split(",")]
    for key in keys:
        try:
            read_key(key)
        except ImproperlyConfigured as error:
            raise ImproperlyConfigured(f"{name}: {error}") from error
    return keys


def env_key(name: str) -> str:
    """Return the one key in NAME: a second one would be ignored without a word."""
    keys = env_keys(name)
    if len(keys) > 1:
        raise ImproperlyConfigured(f"{name} is one key, not {len(keys)}.")
    return keys[0]


def env_secret_key() -> str:
    """Return Django's SECRET_KEY; a short or a sample one stops the start."""
    key = env_secret("SECRET_KEY")
    if len(key) < SECRET_LENGTH or len(set(key)) < 5 or key.startswith("django-insecure"):
        raise ImproperlyConfigured(f"SECRET_KEY must be a random text of {SECRET_LENGTH} characters or more.")
    return key


def env_number(name: str, default: int, lowest: int, highest: int) -> int:
    """Return a whole number within its range."""
    number: int = env.int(name, default=default)
    if not lowest <= number <= highest:
        raise ImproperlyConfigured(f"{name} must be from {lowest} to {highest}, not {number}.")
    return number


def env_hosts(name: str) -> list[str]:
    """Return host names, each written out: a wildcard would let anyone name the host."""
    hosts: list[str] = env.list(name, default=[])
    for host in hosts:
        if not HOST.fullmatch(host):
            raise ImproperlyConfigured(f"{name}: {host} is not a host name.")
    return hosts


def env_role(name: str) -> str:
    """Return the name of a database role; it is written into statements, so only plain ones are taken."""
    role: str = env.str(name, default="")
    if role and not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
        raise ImproperlyConfigured(f"{name} must be a plain name of small letters, digits and _.")
    return role


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
    if not HOST.fullmatch(host):
        raise ImproperlyConfigured(f"SITE_URL must look like https://intake.example.org, not {url!r}.")
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
            network = ip_network(proxy)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {error}") from error
        if network.prefixlen == 0:
            raise ImproperlyConfigured(f"{name}: {proxy} is everyone. Name the proxies' own addresses.")
    return proxies
