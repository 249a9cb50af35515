"""What the process that reads documents cannot do any more once it has confined itself."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRIED = """
import os, socket, sys
sys.path.insert(0, sys.argv[1])
from knowledge.extraction.confinement import confine
confine(most_memory=200 * 1024 * 1024, most_cpu_s=5)

def tried(name, act):
    try:
        act()
    except (OSError, MemoryError):
        print(name, "refused")
    else:
        print(name, "allowed")

tried("file", lambda: open("/etc/hostname"))
tried("socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))
tried("pipe", os.pipe)
tried("memory", lambda: bytearray(300 * 1024 * 1024))
tried("rights", lambda: os.setuid(0) if os.getuid() else sys.exit(0))
"""


def test_no_file_no_socket_no_memory_beyond_its_own():
    ran = subprocess.run(
        [sys.executable, "-I", "-c", TRIED, str(ROOT)], capture_output=True, text=True, check=True, timeout=20
    )

    assert {line for line in ran.stdout.splitlines() if not line.startswith("rights")} == {
        "file refused", "socket refused", "pipe refused", "memory refused",
    }  # fmt: skip
