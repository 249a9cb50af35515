"""Skipping what is current: a step's inputs are hashed, and the hash of the last success is kept in a file."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_IGNORED = {"__pycache__", "node_modules", "dist"}


def digest_of(paths: Iterable[Path], *, extra: str = "") -> str:
    """A hash over names and contents; folders are walked, missing paths count as missing."""
    digest = hashlib.sha256(extra.encode())
    for path in sorted(_files(paths)):
        digest.update(f"\0{path}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(stamp: Path, digest: str) -> bool:
    """Whether the step last succeeded with these inputs."""
    return stamp.exists() and stamp.read_text() == digest


def write_stamp(stamp: Path, digest: str) -> None:
    """Remember a success."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from _files(child for child in path.iterdir() if child.name not in _IGNORED)
        elif path.is_file():
            yield path
