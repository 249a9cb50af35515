"""`python -m voxanne.health.probe URL`: exit code 0 when a process answers 200, for container health checks.

It names the first of `ALLOWED_HOSTS`, as a visitor would: a process refuses hosts that it does not serve.
"""

import os
import sys
import urllib.error
import urllib.request

TIMEOUT_S = 4


def main(address: str) -> int:
    """Ask once; 1 when nothing answers, or anything but 200."""
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip() or "localhost"
    request = urllib.request.Request(address, headers={"Host": host.replace("*", "health")})  # noqa: S310 - the container's own address
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - the same
            return 0 if answer.status == 200 else 1
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
