"""Bodies that are forms, and addresses that a provider would accept for its callbacks."""

from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def parse_form(raw: bytes) -> dict[str, str]:
    """Read a form; of a repeated name the last value counts, blanks are kept."""
    return dict(parse_qsl(raw.decode(errors="replace"), keep_blank_values=True))


async def read_form(request: Request) -> dict[str, str]:
    """Return the request's form."""
    return parse_form(await request.body())


def is_web_address(url: str) -> bool:
    """Whether this is an absolute http or https address."""
    parts = _split(url)
    return parts is not None and parts[0] in {"http", "https"}


def is_secure_address(url: str) -> bool:
    """Whether a provider that insists on https would take this address; plain http is let through inside."""
    parts = _split(url)
    if parts is None:
        return False
    scheme, host = parts
    inside = host in LOCAL_HOSTS or "." not in host
    return scheme == "https" or (scheme == "http" and inside)


def _split(url: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return (parts.scheme, host) if host and not any(character.isspace() for character in url) else None
