"""Everything a request handler may need, hung on the application."""

from dataclasses import dataclass

from starlette.requests import Request

from sandbox.background import Background
from sandbox.calls.switchboard import Switchboard
from sandbox.database import Database
from sandbox.faults import Faults
from sandbox.ledger import Ledger
from sandbox.messenger import Messenger
from sandbox.resources import Resources


@dataclass(frozen=True)
class Sandbox:
    """The sandbox's parts. `base_url` is its address without a trailing slash; `fast_outbound` plays calls started
    through the API without waiting."""

    base_url: str
    database: Database
    resources: Resources
    ledger: Ledger
    faults: Faults
    switchboard: Switchboard
    background: Background
    messenger: Messenger
    fast_outbound: bool = False


def sandbox_of(request: Request) -> Sandbox:
    """Return the sandbox that serves a request."""
    sandbox: Sandbox = request.app.state.sandbox
    return sandbox
