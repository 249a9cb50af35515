"""Taking identifiers out of what was said before it is stored, shown or counted: `[SSN]` stands where one stood.

`redact` is the only door. Presidio behind it costs seconds and a hundred megabytes, so it is loaded on the first use,
by workers: nothing that a page or a webhook imports may load it, which a test checks.
"""

from calls.redaction.texts import Discretion, redact

__all__ = ["Discretion", "redact"]
