"""Slowing down whoever guesses links: each address has a few wrong ones, then none at all for a while.

A link has 256 random bits, so this only keeps the noise down: with the cache away nobody is kept out.
"""

import hashlib

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

from calls.recordings.errors import TooManyGuesses
from calls.recordings.measures import LISTENINGS

log = structlog.get_logger(__name__)

MOST_WRONG = 20
PERIOD_S = 15 * 60


def check_guesses(ip: str) -> None:
    """Let an address try a link.

    Raises:
        TooManyGuesses: it has tried too many wrong ones.
    """
    try:
        wrong = cache.get(_key(ip), 0)
    except RedisError:
        return
    if wrong >= MOST_WRONG:
        raise TooManyGuesses


def count_wrong(ip: str) -> None:
    """Note that an address tried a link that opens nothing."""
    LISTENINGS.labels("wrong_link").inc()
    try:
        cache.add(_key(ip), 0, timeout=PERIOD_S)
        wrong = cache.incr(_key(ip))
    except (RedisError, ValueError):  # ValueError: it ran out between the two
        return
    if wrong == MOST_WRONG:
        log.warning("recording.links_guessed", ip=ip)


def _key(ip: str) -> str:
    return f"wrong_links:{hashlib.sha256(ip.encode()).hexdigest()[:32]}"
