"""Having a document read: a process of its own is started, listened to, and ended when it goes beyond its limits."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from knowledge.extraction.refusals import Unreadable
from knowledge.limits import MOST_PAGES, MOST_TEXT
from knowledge.types import Block, BlockKind

ROOT = Path(__file__).resolve().parents[2]
_START = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
    "runpy.run_module('knowledge.extraction.child', run_name='__main__', alter_sys=True)"
)
_PIECE = 256 * 1024
# What the process may say, in bytes: six for each character of the most text (JSON), and its blocks' frames.
_MOST_SAID = 6 * MOST_TEXT + 16 * 1024 * 1024
_OUT_OF_MEMORY = {signal.SIGKILL, signal.SIGABRT, signal.SIGTRAP, signal.SIGILL}

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Confines:
    """What one reading may take: bytes of memory, seconds of processor time, seconds by the clock."""

    most_memory: int = 480 * 1024 * 1024
    most_cpu_s: int = 60
    deadline_s: float = 150.0


@dataclass
class Extracted:
    """A document that was read. `page_count` is None where the format has no pages; `bare_pages` hold no text."""

    blocks: list[Block] = field(default_factory=list)
    media_type: str = ""
    page_count: int | None = None
    bare_pages: int = 0


def extract(content: bytes, *, progress: Progress, confines: Confines | None = None) -> Extracted:
    """Read a document in a process of its own. With no transaction open: it may take minutes.

    Args:
        progress: told pages that are read and pages in all, at most twice a second.

    Raises:
        Unreadable: it cannot be read; `code` says why.
    """
    confines = confines or Confines()
    extracted, is_whole = Extracted(), False
    with _process(content, confines) as process:
        for word, *said in _listen(process, confines.deadline_s):
            match word:
                case "pages":
                    progress(*said)
                case "block":
                    kind, text, level, page, header = said
                    extracted.blocks.append(Block(BlockKind(kind), text, level=level, page=page, header=header))
                case "read":
                    extracted.media_type, extracted.page_count, extracted.bare_pages = said
                    is_whole = True
                case "failed":
                    raise Unreadable(*said)
        if not is_whole:
            raise Unreadable(_why_it_ended(process.wait()))
    return extracted


@contextmanager
def _process(content: bytes, confines: Confines) -> Iterator["subprocess.Popen[bytes]"]:
    limits = (os.getpid(), confines.most_memory, confines.most_cpu_s, MOST_PAGES, MOST_TEXT)
    with _in_memory(content) as document:
        process = subprocess.Popen(
            [sys.executable, "-I", "-B", "-c", _START, str(ROOT), *map(str, limits)],
            stdin=document,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a parser's complaint may quote the document
            env={"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"},
            cwd="/",
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        if process.stdout:
            process.stdout.close()
        process.wait()


def _in_memory(content: bytes) -> IO[bytes]:
    """A file that holds the document and lies on no disk, where the system has such files. To be closed."""
    make = partial(os.memfd_create, "document") if hasattr(os, "memfd_create") else None
    file: IO[bytes] = os.fdopen(make(), "w+b") if make else TemporaryFile()  # noqa: SIM115 - the caller closes it
    file.write(content)
    file.seek(0)
    return file


def _listen(process: "subprocess.Popen[bytes]", deadline_s: float) -> Iterator[list[Any]]:
    """What the process says, line by line, until it is silent for good.

    Raises:
        Unreadable: it took too long, or said too much.
    """
    assert process.stdout is not None
    ends, waiting, said = time.monotonic() + deadline_s, b"", 0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0.0, ends - time.monotonic())):
                raise Unreadable("too_slow")
            piece = os.read(process.stdout.fileno(), _PIECE)
            if not piece:
                return
            said += len(piece)
            if said > _MOST_SAID:
                raise Unreadable("too_much_text")
            *lines, waiting = (waiting + piece).split(b"\n")
            yield from map(json.loads, lines)


def _why_it_ended(code: int) -> str:
    """The code of what became of a process that did not say it itself."""
    if code == -signal.SIGXCPU:
        return "too_slow"
    return "too_hungry" if -code in _OUT_OF_MEMORY else "crashed"
