"""People's second factors in allauth's table: whose they are, what of them the master key seals, how to seal it anew.

The database lets a person have one row of each kind, so a sealed value is bound to its person. allauth's hooks are told
the text alone: who it is about is whoever is signed in, or whom a form that asks for a code is about.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.db import transaction

from orgs.models import User
from voxanne import sealed_text
from voxanne.sealed_rows import Claim, SealedRow

PURPOSE = "mfa"
# Of passkeys allauth keeps public keys only.
_TYPES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
_ONE = ("secret", "seed")
_SEVERAL = "migrated_codes"
_PAGE = 500

_owner: ContextVar[User | None] = ContextVar("owner of the second factors", default=None)


@contextmanager
def second_factors_of(user: User) -> Iterator[None]:
    """Seal and open one person's second factors, whoever is signed in."""
    token = _owner.set(user)
    try:
        yield
    finally:
        _owner.reset(token)


def get_owner() -> str:
    """Whose second factors are sealed and opened now.

    Raises:
        RuntimeError: nobody is signed in, and nobody was named: sealed for nobody, they would open for everybody.
    """
    user = _owner.get() or getattr(context.request, "user", None)
    if user is None or not user.is_authenticated:
        raise RuntimeError("whose second factor this is must be known: use second_factors_of")
    return str(user.pk)


class _CodeForm:
    """Asks somebody for a code who may not be signed in yet."""

    user: User

    def clean_code(self) -> str:
        with second_factors_of(self.user):
            code: str = super().clean_code()  # type: ignore[misc]
        return code


class SignInCodeForm(_CodeForm, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class ConfirmCodeForm(_CodeForm, ReauthenticateForm):  # type: ignore[misc]
    """Somebody confirms that it is still them."""


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
        rows = [SealedRow(row.pk, (str(row.user_id), row.data)) for row in locked if _is_stale(row.data, current)]
        return Claim(rows, last=last)

    def reseal(self, row: SealedRow) -> Any:
        owner, data = row.content
        return {**data, **dict(_map_parts(data, partial(_reseal, owner)))}

    def swap(self, changes: Sequence[tuple[SealedRow, Any]]) -> int:
        return sum(self._rows().filter(pk=row.pk, data=row.content[1]).update(data=fresh) for row, fresh in changes)

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


def _reseal(owner: str, sealed: str) -> str:
    return sealed_text.reseal(str(sealed), purpose=PURPOSE, row=owner)
