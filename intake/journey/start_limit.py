"""How many forms one address may start in an hour: enough for a waiting room, too few for a flood."""

from ipaddress import IPv6Address, ip_address, ip_network
from time import time

from django.core.cache import cache
from django.http import HttpRequest

STARTS_AN_HOUR = 30
HOUR = 3600
IPV6_PREFIX = 64  # one household or phone has a whole network of this size


def is_over_limit(request: HttpRequest) -> bool:
    """Count one start, and say whether it is one too many; starts at the same moment may count as one."""
    hour = int(time() // HOUR)
    key = f"intake-start:{hour}:{network_of(request.META.get('REMOTE_ADDR', ''))}"
    cache.add(key, 0, HOUR)
    try:
        return cache.incr(key) > STARTS_AN_HOUR
    except ValueError:  # it ran out between the two lines
        return False


def network_of(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(ip_network(f"{parsed}/{IPV6_PREFIX}", strict=False).network_address)
    return str(parsed)
