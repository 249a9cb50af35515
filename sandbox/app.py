"""Puts the sandbox together: one ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import ASGIApp

from sandbox import control, control_errors, refusals
from sandbox.background import Background
from sandbox.calls.switchboard import Switchboard
from sandbox.database import Database
from sandbox.elevenlabs.routes import elevenlabs_mount
from sandbox.faults import Faults
from sandbox.gate import ProviderGate
from sandbox.google.routes import google_mount
from sandbox.ledger import Ledger
from sandbox.messenger import Messenger
from sandbox.microsoft.routes import microsoft_mount
from sandbox.openai.routes import openai_mount
from sandbox.origin_guard import OriginGuard
from sandbox.pages.routes import page_routes
from sandbox.resend.access import ResendError
from sandbox.resend.access import refuse as refuse_resend
from sandbox.resend.routes import resend_mount
from sandbox.resources import Resources
from sandbox.state import Sandbox
from sandbox.twilio import caller_ids, messages
from sandbox.twilio.routes import twilio_mount
from sandbox.vapi import routes as vapi
from sandbox.vapi.errors import VapiError


@dataclass(frozen=True)
class Options:
    """How to run: where to keep data, under which address, and whether outbound calls skip their waits."""

    data: Path
    base_url: str
    fast: bool = False


def create_app(options: Options) -> ASGIApp:
    """Return the application. Its state is opened when the server starts and closed when it stops."""
    database = Database(options.data / "sandbox.sqlite3")
    ledger, faults = Ledger(database), Faults(database)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        sandbox = _assemble(options, database, ledger, faults)
        app.state.sandbox = sandbox
        caller_ids.resume(sandbox)
        messages.resume(sandbox)
        yield
        await sandbox.background.stop()
        await sandbox.switchboard.close()
        await sandbox.messenger.close()
        database.close()

    app = Starlette(
        lifespan=lifespan,
        routes=[
            vapi.vapi_mount(),
            resend_mount(),
            twilio_mount(),
            google_mount(),
            microsoft_mount(),
            elevenlabs_mount(),
            openai_mount(),
            control.control_mount(),
            *page_routes(),
        ],
        exception_handlers={
            VapiError: vapi.refuse,
            ResendError: refuse_resend,
            control_errors.ControlError: control_errors.refuse,
            refusals.Refusal: refusals.refuse,
        },
    )
    return ProviderGate(OriginGuard(app), ledger=ledger, faults=faults)


def _assemble(options: Options, database: Database, ledger: Ledger, faults: Faults) -> Sandbox:
    resources = Resources(database)
    return Sandbox(
        base_url=options.base_url,
        database=database,
        resources=resources,
        ledger=ledger,
        faults=faults,
        switchboard=Switchboard(database=database, resources=resources, ledger=ledger, base_url=options.base_url),
        background=Background(fast=options.fast),
        messenger=Messenger(ledger),
        fast_outbound=options.fast,
    )
