"""Taking identifiers out of what was said before it is stored, shown or counted: `[SSN]` stands where one stood.

`redact` is the only door. Presidio behind it costs seconds and a hundred megabytes, so it is loaded by workers
alone, once for all their processes: nothing that a page or a webhook imports may load it, which a test checks.
"""

from calls.redaction.texts import Discretion, load, redact

__all__ = ["Discretion", "load", "redact"]
