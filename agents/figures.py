"""How many agents and numbers Vapi follows, over all organisations, for Prometheus."""

from collections.abc import Iterator

from django.db.backends.utils import CursorWrapper

from agents.models import SyncState
from telephony.models import ManagedStatus, NumberState
from voxanne.metrics.figures import Figure

_AGENTS = "SELECT sync_state, count(*) FROM agents GROUP BY sync_state"
_OURS = "SELECT status, count(*) FROM managed_phone_numbers GROUP BY status"
_NUMBERS = "SELECT sync_state, count(*) FROM phone_number_mapping GROUP BY sync_state"


def read_sync_states(cursor: CursorWrapper) -> Iterator[Figure]:
    """Agents and numbers by state; a state that nothing is in counts zero."""
    for name, statement, states in (("agents", _AGENTS, SyncState), ("phone_numbers", _NUMBERS, NumberState)):
        cursor.execute(statement)
        found = dict(cursor.fetchall())
        for state in states.values:
            meaning = f"{name.replace('_', ' ').capitalize()} by how far Vapi follows them."
            yield Figure(name, meaning, found.get(state, 0), {"state": state})
    cursor.execute(_OURS)
    found = dict(cursor.fetchall())
    for state in ManagedStatus.values:
        yield Figure("managed_numbers", "Numbers that we bought for clinics.", found.get(state, 0), {"state": state})
