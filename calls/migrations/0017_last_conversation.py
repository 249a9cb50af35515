"""What a caller's memory says of the last call: theirs, and one in which somebody was spoken to.

A number that went to another patient carries nothing of the one before; a call that nobody took is no conversation.
"""

from importlib import import_module

from django.db import migrations

_FIRST = import_module("calls.migrations.0005_who_is_calling").READ
_MERGED = import_module("calls.migrations.0012_known_by_former_numbers")
_BEFORE = _FIRST.replace(_MERGED._BY_OWN, _MERGED._BY_ANY)  # noqa: SLF001 - the same function, one step earlier
_CHANGES = (
    ("    known jsonb;\n", "    known jsonb;\n    known_id uuid;\n"),
    ("INTO known FROM contacts c", ", c.id INTO known, known_id FROM contacts c"),
    (
        "AND calling > '' AND k.status = 'completed'",
        """AND calling > '' AND k.status = 'completed'
              AND k.contact_id = known_id AND k.outcome NOT IN ('no_answer', 'voicemail', 'failed')""",
    ),
)


def _changed(read: str) -> str:
    for old, new in _CHANGES:
        if read.count(old) != 1:
            raise ValueError("the function is not the one that this migration changes")
        read = read.replace(old, new)
    return read


class Migration(migrations.Migration):
    dependencies = [("calls", "0016_search")]

    operations = [
        migrations.RunSQL(
            _MERGED._again(_changed(_BEFORE)),  # noqa: SLF001
            _MERGED._again(_BEFORE),  # noqa: SLF001
        )
    ]
