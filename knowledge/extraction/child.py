"""The process that reads one document: from standard input, to lines of JSON on standard output.

It runs without the product's settings, environment or secrets, and closes the world off before it looks at the
document beyond its first bytes. Whatever happens to it, `running` has it end in a sentence.
"""

import json
import sys
from typing import Any

from knowledge.extraction.confinement import confine, die_with
from knowledge.extraction.kinds import HEAD_BYTES, recognise
from knowledge.extraction.reading import Limits, read_document
from knowledge.extraction.refusals import Unreadable
from knowledge.extraction.rehearsing import rehearse


def main(arguments: list[str]) -> None:
    """Read the document. Arguments: the parent's process id, bytes of memory, seconds, pages and characters at most."""
    parent, most_memory, most_cpu_s, most_pages, most_chars = map(int, arguments)
    die_with(parent)
    content = sys.stdin.buffer.read()
    rehearse(recognise(content[:HEAD_BYTES]))  # afterwards no module can be loaded
    confine(most_memory=most_memory, most_cpu_s=most_cpu_s)
    try:
        _read(content, Limits(most_pages=most_pages, most_chars=most_chars))
    except Unreadable as refused:
        _say("failed", refused.code)
    except MemoryError:
        _say("failed", "too_hungry")
    except Exception:  # noqa: BLE001 - the process's door: a parser may raise anything, and it is never the worker's end
        _say("failed", "crashed")
    sys.stdout.flush()


def _read(content: bytes, limits: Limits) -> None:
    read = read_document(content, limits=limits, progress=lambda done, total: _say("pages", done, total, flush=True))
    for block in read.blocks:
        _say("block", block.kind.value, block.text, block.level, block.page, block.header)
    _say("read", read.kind.value, read.page_count, read.bare_pages)


def _say(*words: Any, flush: bool = False) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    if flush:
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
