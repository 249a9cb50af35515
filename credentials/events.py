"""What higher rooms want to know about credentials, and what they have to say about them.

They register in their `ready()`; nothing here imports them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from credentials.types import Provider
from orgs.models import Organization

Listener = Callable[[Organization, Provider], None]
Tone = Literal["success", "info", "warning", "error"]


@dataclass(frozen=True)
class SyncNote:
    """How far something that follows a credential has come: "Syncing…", "Connected", "Needs attention: …".

    Attributes:
        retry_url: where a POST tries again; "" when there is nothing to retry.
        action: what the button says that does so.
    """

    tone: Tone
    words: str
    retry_url: str = ""
    action: str = "Retry"


_saved: dict[Provider, list[Listener]] = {}
_deleted: dict[Provider, list[Listener]] = {}
_disabled: dict[Provider, list[Listener]] = {}
_notes: dict[Provider, Callable[[Organization], SyncNote | None]] = {}
_assistants: list[Callable[[Organization], list[str]]] = []


def on_saved(provider: Provider, listener: Listener) -> None:
    """Have `listener(org, provider)` run inside the transaction that saves a credential; raising undoes the save.

    A refreshed token is no save.
    """
    if listener not in _saved.setdefault(provider, []):
        _saved[provider].append(listener)


def on_deleted(provider: Provider, listener: Listener) -> None:
    """As `on_saved`, when a credential is deleted."""
    if listener not in _deleted.setdefault(provider, []):
        _deleted[provider].append(listener)


def on_disabled(provider: Provider, listener: Listener) -> None:
    """As `on_saved`, when a credential is switched off."""
    if listener not in _disabled.setdefault(provider, []):
        _disabled[provider].append(listener)


def announce_saved(org_id: UUID, provider: Provider) -> None:
    """Tell who wants to know, inside the open transaction."""
    _announce(_saved.get(provider, []), org_id, provider)


def announce_deleted(org_id: UUID, provider: Provider) -> None:
    """Tell who wants to know, inside the open transaction."""
    _announce(_deleted.get(provider, []), org_id, provider)


def announce_disabled(org_id: UUID, provider: Provider) -> None:
    """Tell who wants to know, inside the open transaction."""
    _announce(_disabled.get(provider, []), org_id, provider)


def show_sync_state(provider: Provider, state: Callable[[Organization], SyncNote | None]) -> None:
    """Have the provider's card say how far `state(org)` has come; asked inside the page's transaction, one query."""
    _notes[provider] = state


def find_sync_note(org: Organization, provider: Provider) -> SyncNote | None:
    """What the provider's card says beneath its own state, or None."""
    state = _notes.get(provider)
    return state(org) if state else None


def list_assistants_with(lister: Callable[[Organization], list[str]]) -> None:
    """Register who knows the ids of an organisation's assistants at Vapi; called inside a transaction of its own."""
    _assistants[:] = [lister]


def list_assistants(org: Organization) -> list[str]:
    """The ids of the organisation's assistants at Vapi; empty until something registered knows them."""
    return [assistant for lister in _assistants for assistant in lister(org)]


def _announce(listeners: list[Listener], org_id: UUID, provider: Provider) -> None:
    if not listeners:
        return
    org = Organization.objects.get(pk=org_id)
    for listener in listeners:
        listener(org, provider)
