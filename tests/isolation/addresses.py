"""Every address of the site, read from its URL configuration."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

from django.core.cache import cache
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter

from orgs.permissions import Declaration, declaration_of
from voxanne.converters import UuidOr400Converter

Item = TypeVar("Item")


@dataclass(frozen=True)
class Address:
    """One URL name, its view, and how to fill in its path."""

    name: str
    view: Any = field(hash=False, compare=False)
    converters: dict[str, Any] = field(hash=False, compare=False)

    def declaration(self, method: str) -> Declaration:
        return declaration_of(self.view, method)

    @property
    def methods(self) -> list[str]:
        """GET and POST, and whatever else the view names a permission for."""
        target = getattr(self.view, "view_class", None) or self.view
        named = (method.upper() for method in getattr(target, "org_permissions", None) or {})
        return [*dict.fromkeys(["GET", "POST", *named])]

    @property
    def uuids(self) -> list[str]:
        return [name for name, kind in self.converters.items() if isinstance(kind, UUIDConverter | UuidOr400Converter)]

    def path(self, **known: Any) -> str:
        """The path with these values; what is not given is made up."""
        values = {name: known.get(name, self._made_up(name)) for name in self.converters}
        return reverse(self.name, kwargs=values or None)

    def _made_up(self, name: str) -> Any:
        if name in self.uuids:
            return uuid4()
        return 1 if isinstance(self.converters[name], IntConverter) else "x"

    def __str__(self) -> str:
        return self.name


def all_addresses() -> list[Address]:
    return list(_walk(get_resolver("voxanne.urls").url_patterns, namespace="", converters={}))


def each_alone(items: Iterable[Item]) -> Iterator[Item]:
    """One after another, as in a test of its own each: what is done with one is undone before the next."""
    for item in items:
        with transaction.atomic():
            yield item
            transaction.set_rollback(True)
        cache.clear()


def _walk(patterns: list[Any], *, namespace: str, converters: dict[str, Any]) -> Iterator[Address]:
    for pattern in patterns:
        found = {**converters, **getattr(pattern.pattern, "converters", {})}
        groups = getattr(getattr(pattern.pattern, "regex", None), "groupindex", {})
        found = {**dict.fromkeys(groups), **found}
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, namespace=inner, converters=found)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"every address has a name: {pattern}"
            yield Address(name=f"{namespace}{pattern.name}", view=pattern.callback, converters=found)
