"""What a request asks of a provider, without the ids: `POST /call`, `PATCH /assistant/{id}`."""

import re

OPERATION_FORM = re.compile(r"(GET|POST|PUT|PATCH|DELETE) /\S*")
IDENTITY = re.compile(
    r"/(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Z]{2}[0-9a-f]{32})(?=[/.-]|$)", re.IGNORECASE
)


def operation_of(method: str, path: str) -> str:
    """Return the operation of a request; `path` begins with the provider."""
    _, _, own = path.removeprefix("/").partition("/")
    return f"{method} {IDENTITY.sub('/{id}', f'/{own}')}"
