"""One canonical form of JSON and its hash: equal content, equal hash, whatever the order of keys."""

import hashlib
import json
from typing import Any


def definition_hash(content: Any) -> str:
    """SHA-256, hex, of the canonical JSON."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
