"""Building the pages' CSS and JavaScript with Vite when their sources changed. Uses the standard library only.

`bin/up` runs it beside the installation of the Python packages: `python -m voxanne.embedded.assets`.
"""

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voxanne.embedded.console import SetUpFailed, complain, say
from voxanne.embedded.node import Node, ensure_node
from voxanne.embedded.stamps import digest_of, is_current, write_stamp

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "frontend" / "dist"
# Tailwind reads class names out of templates and the component tags, so these are sources too.
SOURCES = tuple(
    ROOT / name
    for name in ("frontend", "templates", "voxanne/ui", "vite.config.js", "package.json", "package-lock.json")
)
_CACHE = ROOT / ".voxanne" / "assets"


def ensure_assets() -> bool:
    """Build if anything changed since the last build; whether it did.

    Raises:
        SetUpFailed: no Node.js, or npm or Vite refused.
    """
    if _is_built():
        return False
    with _one_at_a_time():
        if _is_built():
            return False
        digest = digest_of(SOURCES)
        node = ensure_node(_CACHE / "node")
        _ensure_packages(node)
        say("Building the pages' assets …")
        _run(node, (str(node.executable), "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"))
        write_stamp(_CACHE / "built", digest)
    return True


def _is_built() -> bool:
    return (DIST / "manifest.json").exists() and is_current(_CACHE / "built", digest_of(SOURCES))


def _ensure_packages(node: Node) -> None:
    digest = digest_of([ROOT / "package-lock.json"])
    stamp = ROOT / "node_modules" / ".voxanne-installed"
    if is_current(stamp, digest):
        return
    say("Installing the asset build's packages …")
    _run(node, (*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"))
    write_stamp(stamp, digest)


def _run(node: Node, command: tuple[str, ...]) -> None:
    done = subprocess.run(
        command, cwd=ROOT, env=node.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode != 0:
        output = done.stdout.decode(errors="replace").strip()[-3000:]
        raise SetUpFailed(f"Building the assets failed at `{' '.join(command[-3:])}`:\n{output}")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    _CACHE.mkdir(parents=True, exist_ok=True)
    with (_CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Build from the command line."""
    try:
        ensure_assets()
    except SetUpFailed as failure:
        complain(str(failure))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
