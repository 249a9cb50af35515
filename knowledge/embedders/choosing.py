"""Which embedder this installation uses, by the setting `EMBEDDER`."""

from collections.abc import Callable
from functools import cache

import structlog
from django.conf import settings

from knowledge.embedders.types import Embedder

log = structlog.get_logger(__name__)


def current_embedder() -> Embedder | None:
    """The embedder that documents are embedded with from now on; None where words alone are searched."""
    return _embedder(settings.EMBEDDER or ("openai" if settings.OPENAI_API_KEY else "none"))


def embedder_of(model: str) -> Embedder | None:
    """The embedder that made vectors of this model, while it can still be asked; None when it cannot.

    After a change of `EMBEDDER` a clinic is searched with its old vectors until the new ones are complete.
    """
    current = current_embedder()
    if current is None or current.model == model:
        return current
    earlier = (_embedder(name) for name in _usable())
    return next((embedder for embedder in earlier if embedder is not None and embedder.model == model), None)


def forget_embedders() -> None:
    """Have embedders made anew, for tests that change settings."""
    _made.cache_clear()


def find_embedder_problem() -> str:
    """Why the chosen embedder cannot be used by this process, in words; "" when it can."""
    from knowledge.embedders.local import missing_packages

    return missing_packages() if settings.EMBEDDER == "local" else ""


def preload_embedder() -> None:
    """Load the local model, if that is the chosen one: the first question must not wait for it."""
    if settings.EMBEDDER == "local":
        from knowledge.embedders.local import LocalEmbedder

        LocalEmbedder().preload()


def _usable() -> list[str]:
    """Embedders that could be asked here, whichever is the chosen one."""
    from knowledge.embedders.local import missing_packages

    return [*(["openai"] if settings.OPENAI_API_KEY else []), *([] if missing_packages() else ["local"])]


def _embedder(name: str) -> Embedder | None:
    return _made(name, settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL)


@cache
def _made(name: str, _key: str, _address: str) -> Embedder | None:
    return _MAKERS[name]()


def _openai() -> Embedder | None:
    from knowledge.embedders.openai import OpenAIEmbedder

    if settings.OPENAI_API_KEY:
        return OpenAIEmbedder(settings.OPENAI_API_KEY)
    log.warning("embedder.no_key", embedder="openai")
    return None


def _local() -> Embedder | None:
    from knowledge.embedders.local import LocalEmbedder

    return LocalEmbedder()


_MAKERS: dict[str, Callable[[], Embedder | None]] = {"openai": _openai, "local": _local, "none": lambda: None}
