"""The local environment that `bin/up` keeps: generated secrets and the addresses of the embedded services.

It stands in `.voxanne/env`. Variables that are already set always win, and production never reads it.
"""

import os
import secrets
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voxanne.embedded.ports import Ports

LOOPBACK = "127.0.0.1"


def home() -> Path:
    """Where local data lives: `VOXANNE_HOME`, else `.voxanne` beside `manage.py`."""
    default = Path(__file__).resolve().parents[2] / ".voxanne"
    return Path(os.environ.get("VOXANNE_HOME") or default).resolve()


def load_local_environment() -> None:
    """Take over what `bin/up` wrote, if it did, for commands typed beside a running installation."""
    if os.environ.get("VOXANNE_ENV", "").lower() not in {"", "development"}:
        return
    for name, value in read_environment(home() / "env").items():
        os.environ.setdefault(name, value)


def read_environment(path: Path) -> dict[str, str]:
    """Parse a file of `NAME=value` lines; a missing file is empty."""
    if not path.exists():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def write_environment(path: Path, values: dict[str, str]) -> None:
    """Write the file so that only its owner can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text("".join(f"{name}={value}\n" for name, value in sorted(values.items())))
    draft.replace(path)


def development_secrets() -> dict[str, str]:
    """Fresh secrets for one machine's development; well-formed, so that nothing but the sandbox would accept them."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ENCRYPTION_KEY": secrets.token_hex(32),
        "VAPI_PRIVATE_KEY": f"sandbox-{secrets.token_hex(12)}",
        "VAPI_WEBHOOK_SECRET": secrets.token_urlsafe(36),
        "METRICS_TOKEN": secrets.token_urlsafe(36),
        "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_PHONE_NUMBER": "+442079460000",
        "TWILIO_MASTER_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "TWILIO_MASTER_AUTH_TOKEN": secrets.token_hex(16),
        "RESEND_API_KEY": f"re_{secrets.token_hex(12)}",
        "OPENAI_API_KEY": f"sk-sandbox-{secrets.token_hex(12)}",
        "GOOGLE_CLIENT_ID": f"sandbox-{secrets.token_hex(8)}.apps.googleusercontent.com",
        "GOOGLE_CLIENT_SECRET": f"GOCSPX-{secrets.token_hex(14)}",
        "MICROSOFT_CLIENT_ID": str(uuid.uuid4()),
        "MICROSOFT_CLIENT_SECRET": f"sandbox-{secrets.token_hex(20)}",
    }


def keep_secrets(path: Path) -> dict[str, str]:
    """The development secrets in the file, with fresh ones for those that it lacks."""
    fresh, kept = development_secrets(), read_environment(path)
    return {name: kept.get(name) or value for name, value in fresh.items()}


def local_addresses(*, ports: "Ports", sandbox: bool) -> dict[str, str]:
    """Where the processes of one installation find each other.

    Providers always have the sandbox's address, even when it is not started: a development key must not reach a
    real one.
    """
    host, simulator = f"http://{LOOPBACK}", f"http://{LOOPBACK}:{ports.sandbox}"
    return {
        "BACKEND_URL": f"{host}:{ports.web}",
        "LIVE_URL": f"{host}:{ports.live}/live",
        "ADMIN_URL": f"{host}:{ports.admin}/admin/",
        "SANDBOX_URL": simulator if sandbox else "",
        **local_provider_addresses(simulator),
    }


def local_provider_addresses(simulator: str) -> dict[str, str]:
    """Every provider's variable, with its place in the sandbox."""
    return {
        "VAPI_BASE_URL": f"{simulator}/vapi",
        "TWILIO_BASE_URL": f"{simulator}/twilio",
        "GOOGLE_ACCOUNTS_URL": f"{simulator}/google",
        "GOOGLE_OAUTH_URL": f"{simulator}/google",
        "GOOGLE_API_URL": f"{simulator}/google",
        "MICROSOFT_LOGIN_URL": f"{simulator}/microsoft",
        "MICROSOFT_GRAPH_URL": f"{simulator}/microsoft/graph/v1.0",
        "RESEND_BASE_URL": f"{simulator}/resend",
        "ELEVENLABS_BASE_URL": f"{simulator}/elevenlabs",
        "OPENAI_BASE_URL": f"{simulator}/openai/v1",
    }
