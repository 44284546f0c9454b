"""How gunicorn serves Previsit, here and in production: behind a proxy that buffers, or on this machine only."""

from ipaddress import ip_address
from typing import Any

workers = 2
threads = 8  # they mostly wait
worker_class = "clinic.web.worker.Worker"
control_socket_disable = True
timeout = 60
graceful_timeout = 20
keepalive = 5
# Who, what and how it went: the path without its query, no Referer, no browser.
accesslog = "-"
logger_class = "clinic.web.access_log.EscapingLogger"
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'


def on_starting(server: Any) -> None:
    """Refuse bad settings, and to face the network alone: a few slow connections would stop the site."""
    from django.core.exceptions import ImproperlyConfigured

    try:
        from clinic import settings
    except ImproperlyConfigured as error:
        raise SystemExit(f"Previsit cannot start: {error}") from None
    if settings.TRUSTED_PROXIES:
        return
    for address in server.cfg.address:
        if isinstance(address, tuple) and not is_local(address[0]):
            raise SystemExit(
                f"Previsit: {address[0]} faces the network. Put a proxy before it (deploy/nginx.conf or Caddyfile) "
                "and name it in TRUSTED_PROXIES, or bind 127.0.0.1."
            )


def is_local(host: str) -> bool:
    return host == "localhost" or ip_address(host).is_loopback
