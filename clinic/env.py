"""The environment: every setting is read here, and a bad value stops the start."""

import os
import re
from base64 import b64decode
from binascii import Error as Base64Error
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env
from msgspec import Struct

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"
LOCAL_ENV = VAR / "local.env"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
DATABASE = re.compile(r"sqlite:///.+|postgres(ql)?://[^/]*/.+")
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
KEY_BYTES = 32
SECRET_LENGTH = 50


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
    Env.read_env(path)
    if os.environ.get("SITE_URL", "").startswith("https://"):
        raise ImproperlyConfigured("var/local.env may not name an https SITE_URL.")


def env_text(name: str, default: str = "") -> str:
    """Return the text of NAME, or of the file that NAME_FILE names, without the space around it."""
    file = os.environ.get(f"{name}_FILE")
    try:
        return (Path(file).read_text() if file else os.environ.get(name, default)).strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {reason}.") from error


def env_secret(name: str) -> str:
    """Return a secret, which has no default."""
    value = env_text(name)
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
    text = env_text(name, str(default))
    if not re.fullmatch(r"-?[0-9]{1,9}", text) or not lowest <= int(text) <= highest:
        raise ImproperlyConfigured(f"{name} must be from {lowest} to {highest}, not {text!r}.")
    return int(text)


def env_switch(name: str, default: bool) -> bool:
    """Return whether something is on; what is neither yes nor no is not taken for either."""
    text = env_text(name, str(default)).lower()
    if text not in (*YES, *NO):
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {text!r}.")
    return text in YES


def env_list(name: str) -> list[str]:
    return [item.strip().lower() for item in env_text(name).split(",") if item.strip()]


def env_hosts(name: str) -> list[str]:
    """Return host names, each written out: a wildcard would let anyone name the host."""
    hosts = env_list(name)
    for host in hosts:
        if not HOST.fullmatch(host):
            raise ImproperlyConfigured(f"{name}: {host} is not a host name.")
    return hosts


def env_database(default: str) -> dict[str, Any]:
    """Return where the database is. A blank DATABASE_URL is refused: it was meant to name one."""
    try:
        url = env_text("DATABASE_URL", default)
        if DATABASE.fullmatch(url):
            return dict(Env.db_url_config(url))  # type: ignore[no-untyped-call]
    except ValueError:
        pass  # its words would show a password
    raise ImproperlyConfigured("DATABASE_URL must be sqlite:////a/file or postgres://USER:PASSWORD@HOST/NAME.")


def env_sender(default: str) -> str:
    """Return the address that mail to staff comes from."""
    sender = env_text("DEFAULT_FROM_EMAIL", default)
    if not re.fullmatch(r"[^@]+@[^@\s]+", sender):
        raise ImproperlyConfigured(f"DEFAULT_FROM_EMAIL must be a mail address, not {sender!r}.")
    return sender


def env_role(name: str) -> str:
    """Return the name of a database role; it is written into statements, so only plain ones are taken."""
    role = env_text(name)
    if role and not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
        raise ImproperlyConfigured(f"{name} must be a plain name of small letters, digits and _.")
    return role


def env_site_url() -> SiteUrl:
    """Return SITE_URL; http is for this machine only."""
    url = env_text("SITE_URL").rstrip("/").lower()
    if not url:
        raise ImproperlyConfigured(
            "SITE_URL is not set. Set it in the environment, such as https://intake.example.org, "
            "or run `make run` once, which sets up this machine."
        )
    try:
        parts = urlsplit(url)
        name = parts.hostname or ""
        host = f"[{name}]" if ":" in name else name
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        host = port = ""
    if not HOST.fullmatch(host) or url not in (f"{scheme}://{host}{port}" for scheme in ("https", "http")):
        raise ImproperlyConfigured(f"SITE_URL must look like https://intake.example.org, not {url!r}.")
    site = SiteUrl(url, host, url.startswith("https"))
    if not site.is_https and not site.is_local:
        raise ImproperlyConfigured(
            f"SITE_URL {url} is not https. Health answers may travel only over https; "
            "http is allowed for localhost, 127.0.0.1 and [::1]."
        )
    return site


def env_proxies(name: str) -> list[str]:
    """Return the addresses of proxies whose X-Forwarded-* headers count."""
    proxies = env_list(name)
    for proxy in proxies:
        try:
            network = ip_network(proxy)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {error}") from error
        if network.prefixlen == 0:
            raise ImproperlyConfigured(f"{name}: {proxy} is everyone. Name the proxies' own addresses.")
    return proxies
