"""`manage.py rotate_encryption_key`: bring everything that a retired master key sealed under the current one."""

import json
import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from credentials.errors import WrongEncryptionKey
from credentials.rotation import BATCH, KeyCount, KeyState, Rotation, count_keys, rotate
from voxanne.master_key import KeyRefused

MAX_BATCH = 10_000
BAR_WIDTH = 30


class Command(BaseCommand):
    """Online and resumable: kill it when you like and run it again."""

    help = (
        "Bring every row from the keys in ENCRYPTION_KEYS_RETIRED to ENCRYPTION_KEY, online and in batches; safe to "
        "kill and to run again. With --check only count what each key still holds. Exit code 0: the current key holds "
        "everything; 1: something is left, or cannot be read with any key."
    )

    requires_system_checks: list[str] = []  # no page is served, and somebody may be in a hurry

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="count the rows each key holds, change nothing")
        parser.add_argument("--batch", type=int, default=BATCH, help=f"rows a transaction, {BATCH} by default")
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["batch"] <= MAX_BATCH:
            raise CommandError(f"--batch takes a number from 1 to {MAX_BATCH:,}.")
        try:
            counts = count_keys()
            is_complete = self._check(counts, options) if options["check"] else self._rotate(counts, options)
        except (WrongEncryptionKey, KeyRefused) as problem:
            raise CommandError(f"Nothing was changed. {problem}") from problem
        except KeyboardInterrupt:
            raise CommandError("Stopped. What was done stays; run it again to go on.") from None
        if not is_complete:
            raise SystemExit(1)

    def _check(self, counts: list[KeyCount], options: dict[str, Any]) -> bool:
        left = _rows_left(counts)
        if options["json"]:
            keys = [{"table": c.table, "key": c.key_id, "state": c.state.value, "rows": c.rows} for c in counts]
            self.stdout.write(json.dumps({"complete": not left, "left": left, "keys": keys}))
            return not left
        for count in counts:
            self.stdout.write(f"{count.table:<22} {_named(count):<38} {count.rows:>9,} rows")
        self.stdout.write(f"{left:,} rows are not under the current key." if left else "All under the current key.")
        return not left

    def _rotate(self, counts: list[KeyCount], options: dict[str, Any]) -> bool:
        result = rotate(batch=options["batch"], on_progress=self._progress(_rows_left(counts)))
        if self.stderr.isatty():
            self.stderr.write("")
        self.stdout.write(json.dumps(_as_json(result)) if options["json"] else _in_words(result))
        return result.is_complete

    def _progress(self, total: int) -> Callable[[int], None] | None:
        began = time.monotonic()

        def draw(rotated: int) -> None:
            done = min(rotated / total, 1.0) if total else 1.0
            rate = rotated / max(time.monotonic() - began, 0.001)
            bar = "█" * round(done * BAR_WIDTH)
            self.stderr.write(f"\r{bar:░<{BAR_WIDTH}} {rotated:,} of {total:,} rows, {rate:,.0f}/s", ending="")
            self.stderr.flush()

        return draw if self.stderr.isatty() else None


def _rows_left(counts: list[KeyCount]) -> int:
    return sum(count.rows for count in counts if count.state is not KeyState.CURRENT)


def _named(count: KeyCount) -> str:
    if count.state is KeyState.UNNAMED:
        return "does not name its key"
    return f"key {count.key_id} ({count.state})"


def _as_json(result: Rotation) -> dict[str, Any]:
    return {
        "complete": result.is_complete,
        "key": result.key_id,
        "rotated": result.rotated,
        "left": result.remaining,
        "unreadable": [
            {"table": row.table, "id": row.row_id, "reason": row.reason} for row in result.unreadable.values()
        ],
        "seconds": round(result.seconds, 3),
    }


def _in_words(result: Rotation) -> str:
    lines = [f"{row.table} {row.row_id} cannot be read: {row.reason}" for row in result.unreadable.values()]
    held = result.remaining - len(result.unreadable)
    if result.unreadable:
        lines.append(
            f"{len(result.unreadable):,} rows cannot be read with any configured key and were left as they are."
        )
    if held > 0:
        lines.append(f"{held:,} rows were held by others: run it again.")
    lines.append(f"{result.rotated:,} rows brought to key {result.key_id} in {result.seconds:.1f} s.")
    return "\n".join(lines)
