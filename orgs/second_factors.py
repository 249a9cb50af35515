"""People's second factors in allauth's table: which of their values the master key seals, and how to seal them anew."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from voxanne import sealed_text
from voxanne.sealed_rows import Claim, SealedRow

PURPOSE = "mfa"
# Of passkeys allauth keeps public keys only.
_TYPES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
_ONE = ("secret", "seed")
_SEVERAL = "migrated_codes"
_PAGE = 500


class SealedSecondFactors:
    """`mfa_authenticator` for `voxanne.sealed_rows`."""

    name = "mfa_authenticator"

    def open_tx(self) -> AbstractContextManager[None]:
        return transaction.atomic()

    def count_by_key(self) -> Mapping[str, int]:
        counted: Counter[str] = Counter()
        for content in self._rows().values_list("data", flat=True).iterator():
            keys = {sealed_text.key_id_of(part) for part in _sealed_parts(content)}
            if keys:
                counted[keys.pop() if len(keys) == 1 else ""] += 1
        return counted

    def claim(self, *, current: str, after: Any, limit: int) -> Claim:
        wanted, last = self._find_stale(current, after, limit)
        locked = self._rows().filter(pk__in=wanted).order_by("pk").select_for_update(skip_locked=True)
        rows = [SealedRow(row.pk, row.data) for row in locked if _is_stale(row.data, current)]
        return Claim(rows, last=last)

    def reseal(self, row: SealedRow) -> Any:
        return {**row.content, **dict(_map_parts(row.content, _reseal))}

    def swap(self, changes: Sequence[tuple[SealedRow, Any]]) -> int:
        return sum(self._rows().filter(pk=row.pk, data=row.content).update(data=fresh) for row, fresh in changes)

    def _find_stale(self, current: str, after: Any, limit: int) -> tuple[list[int], int | None]:
        """The next rows to look at again under a lock, and the last one looked at (None: there are no more)."""
        found: list[int] = []
        page = list(self._rows().filter(pk__gt=after or 0).order_by("pk").values_list("pk", "data")[:_PAGE])
        for pk, content in page:
            if _is_stale(content, current):
                found.append(pk)
            if len(found) == limit:
                return found, pk
        return found, page[-1][0] if len(page) == _PAGE else None

    def _rows(self) -> Any:
        return Authenticator.objects.filter(type__in=_TYPES)


def _is_stale(content: Any, current: str) -> bool:
    return any(sealed_text.key_id_of(part) != current for part in _sealed_parts(content))


def _sealed_parts(content: Any) -> Iterator[str]:
    for _, value in _map_parts(content, str):
        yield from [value] if isinstance(value, str) else value


def _map_parts(content: Any, change: Callable[[str], str]) -> Iterator[tuple[str, Any]]:
    for name in _ONE:
        if name in content:
            yield name, change(content[name])
    if _SEVERAL in content:
        yield _SEVERAL, [change(part) for part in content[_SEVERAL]]


def _reseal(sealed: str) -> str:
    return sealed_text.reseal(str(sealed), purpose=PURPOSE)
