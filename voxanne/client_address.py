"""The address a request came from, believing only as many proxies as the installation has."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104 - a stand-in for "no address", nothing listens on it


def client_ip(request: HttpRequest) -> str:
    """The caller's address. What a client itself writes into `X-Forwarded-For` is never believed."""
    proxies: int = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    candidate = hops[-proxies] if 0 < proxies <= len(hops) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(candidate))
    except ValueError:
        return UNKNOWN
