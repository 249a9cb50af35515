"""How many integrations stopped working, over all organisations, for Prometheus. Counts only; nothing is opened."""

from collections.abc import Iterator

from django.db.backends.utils import CursorWrapper

from credentials.types import Provider
from voxanne.metrics.figures import Figure

_FAILING = "SELECT provider, count(*) FROM org_credentials WHERE is_active AND failed_at IS NOT NULL GROUP BY provider"


def read_failing(cursor: CursorWrapper) -> Iterator[Figure]:
    """Connected integrations that the provider refuses now, by provider."""
    cursor.execute(_FAILING)
    found = dict(cursor.fetchall())
    for provider in Provider:
        yield Figure(
            "credentials_needing_attention",
            "Connected integrations that the provider refuses.",
            found.get(provider.value, 0),
            {"provider": provider.value},
        )
