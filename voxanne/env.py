"""Every environment variable that the product reads: what it is for, when it is required, what a good value looks like.

`.env.example`, the start-up banner and `manage.py validate_env` are all made from the table here.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from voxanne.env_checks import (
    E164,
    Check,
    at_least,
    between,
    encryption_key,
    hosts,
    matches,
    one_of,
    public_url,
    url,
    writable_folder,
)

PLACEHOLDER = re.compile(
    r"^(change[-_ ]?(me|this).*|your[-_ ].*|x{3,}|placeholder.*|example.*|todo|tbd|secret|password|<.*>"
    r"|.*….*|.*\bexample\.(com|org|net)\b.*)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Variable:
    """One environment variable: its meaning in a sentence, and what is wrong with a given value."""

    name: str
    help: str
    example: str = ""
    required: bool = False
    check: Check | None = None
    secret: bool = False


@dataclass(frozen=True)
class Problem:
    """One thing that keeps the product from starting, and how to mend it."""

    name: str
    what: str
    fix: str


VARIABLES: tuple[Variable, ...] = (
    Variable(
        "VOXANNE_ENV",
        "Where this runs: production, development or test. Anything but the last two means production.",
        "production",
    ),
    Variable(
        "VOXANNE_PROCESS",
        "Which process this is: web, live, worker, beat, admin or owner (migrations). Each has its own database login.",
        "web",
        check=one_of("web", "live", "worker", "beat", "admin", "owner", "test"),
    ),
    Variable("VOXANNE_HOME", "Where a development installation keeps its data and secrets.", ".voxanne"),
    Variable(
        "SECRET_KEY",
        "Signs sessions and tokens; at least 50 random characters.",
        required=True,
        secret=True,
        check=at_least(50),
    ),
    Variable(
        "DATABASE_URL",
        "PostgreSQL 16 or newer with pgvector, as the login voxanne_web.",
        "postgresql://voxanne_web:…@db:5432/voxanne",
        required=True,
        check=url("postgresql", "postgres"),
    ),
    Variable(
        "DATABASE_URL_WORKER", "The same database as voxanne_worker; by default DATABASE_URL with the login exchanged."
    ),
    Variable(
        "DATABASE_URL_ADMIN",
        "The same database as voxanne_admin (Django admin); by default DATABASE_URL with the login exchanged.",
    ),
    Variable(
        "DATABASE_URL_OWNER",
        "The same database as voxanne_owner, for migrations only: keep it off the web machines.",
    ),
    Variable(
        "DATABASE_SUPERUSER_URL",
        "A cluster admin's address, for `manage.py setup_database` only: never give it to a running process.",
        check=url("postgresql", "postgres"),
    ),
    Variable(
        "WEB_THREADS", "Threads of a web process, hence its pool of database connections.", "8", check=between(1, 64)
    ),
    Variable(
        "DATABASE_PREPARE_THRESHOLD",
        "After how many runs on a connection a statement is prepared, which halves its time; 5 is good. Leave it out "
        "behind PgBouncer in transaction mode, where a prepared statement may meet another backend.",
        check=between(1, 1000),
    ),
    Variable(
        "WORKER_PRELOAD",
        "Whether a worker loads a hundred megabytes before it makes its processes, which share them then.",
        "true",
        check=one_of("true", "false"),
    ),
    Variable(
        "WEBHOOK_LEASE_S",
        "Seconds that a worker keeps a webhook event to itself before another may take it over.",
        "20",
        check=between(5, 600),
    ),
    Variable(
        "OUTBOUND_SETTLE_S",
        "Seconds after which a call that Vapi did not confirm is looked for there, and placed anew if it is missing.",
        "60",
        check=between(60, 600),
    ),
    Variable(
        "RECORDINGS_DIR",
        "A folder that all live and worker processes share, where recordings of calls are kept, encrypted.",
        "/var/lib/voxanne/recordings",
        check=writable_folder,
    ),
    Variable(
        "DOCUMENTS_DIR",
        "A folder that all web and worker processes share, where the originals of documents are kept, encrypted.",
        "/var/lib/voxanne/documents",
        check=writable_folder,
    ),
    Variable("STATIC_ROOT", "Where `collectstatic` puts the files that the web process serves.", "staticfiles"),
    Variable(
        "REDIS_URL",
        "Redis: wake-ups, live events and throttles. It never holds the truth.",
        "redis://redis:6379/0",
        required=True,
        check=url("redis", "rediss", "unix"),
    ),
    Variable(
        "ENCRYPTION_KEY",
        "Master key for stored credentials: 64 hex characters from `manage.py generate_key`.",
        required=True,
        secret=True,
        check=encryption_key,
    ),
    Variable(
        "ENCRYPTION_KEYS_RETIRED",
        "Older master keys, comma-separated, for reading only while `rotate_encryption_key` runs.",
        secret=True,
    ),
    Variable("VAPI_PRIVATE_KEY", "The platform's private key at Vapi.", required=True, secret=True, check=at_least(8)),
    Variable(
        "VAPI_WEBHOOK_SECRET",
        "The platform's own webhook secret, for tools and numbers; at least 32 characters.",
        required=True,
        secret=True,
        check=at_least(32),
    ),
    Variable(
        "VAPI_WEBHOOK_SECRETS_RETIRED",
        "Earlier webhook secrets of the platform, comma-separated, still accepted for a day after a change.",
        secret=True,
    ),
    Variable(
        "BACKEND_URL",
        "The public https address of this installation, without a path.",
        "https://app.example.com",
        required=True,
        check=public_url,
    ),
    Variable(
        "TWILIO_ACCOUNT_SID",
        "The platform's Twilio account. It calls lines for their code where a clinic has none of its own.",
        required=True,
        check=matches(r"^AC[0-9a-f]{32}$", "AC and 32 hex characters"),
    ),
    Variable(
        "TWILIO_AUTH_TOKEN",
        "The token of that account.",
        required=True,
        secret=True,
        check=matches(r"^[0-9a-f]{32}$", "32 hex characters"),
    ),
    Variable(
        "TWILIO_PHONE_NUMBER",
        "A number of that account in E.164.",
        "+442071838750",
        required=True,
        check=matches(E164.pattern, "in E.164: + country code and number"),
    ),
    Variable(
        "ALLOWED_HOSTS",
        "Host names that this installation answers to, comma-separated.",
        "app.example.com",
        required=True,
        check=hosts,
    ),
    Variable("VAPI_PUBLIC_KEY", "Vapi's public key, for test calls in the browser."),
    Variable(
        "ALLOW_ORG_VAPI_KEYS",
        "Whether a clinic may keep its assistants in an account of its own at Vapi.",
        "false",
        check=one_of("true", "false"),
    ),
    Variable(
        "VAPI_BASE_URL",
        "Vapi's address; the sandbox or the EU region instead of the default.",
        "https://api.vapi.ai",
        check=url("https", "http"),
    ),
    Variable("RESEND_API_KEY", "Sends the platform's own mail (verification, reset, invitations).", secret=True),
    Variable("RESEND_BASE_URL", "Resend's address.", "https://api.resend.com", check=url("https", "http")),
    Variable(
        "TWILIO_BASE_URL", "Another address for all of Twilio's hosts: the sandbox's.", check=url("https", "http")
    ),
    Variable(
        "TWILIO_ORG_FALLBACK",
        "Whether the organisation's Twilio account serves agents that have none of their own.",
        "true",
        check=one_of("true", "false"),
    ),
    Variable(
        "TWILIO_MASTER_ACCOUNT_SID",
        "The platform's own Twilio account: buys numbers, never sends or calls for a clinic.",
        check=matches(r"^AC[0-9a-f]{32}$", "AC and 32 hex characters"),
    ),
    Variable(
        "TWILIO_MASTER_AUTH_TOKEN",
        "The token of that account.",
        secret=True,
        check=matches(r"^[0-9a-f]{32}$", "32 hex characters"),
    ),
    Variable("MANAGED_NUMBERS_PER_CLINIC", "Numbers a clinic may have us buy.", "5", check=between(0, 1000)),
    Variable("GOOGLE_CLIENT_ID", "The OAuth client with which clinics connect Google calendars."),
    Variable("GOOGLE_CLIENT_SECRET", "The secret of that client.", secret=True),
    *(
        Variable(name, f"Where Google's {what} is.", address, check=url("https", "http"))
        for name, what, address in (
            ("GOOGLE_ACCOUNTS_URL", "consent page", "https://accounts.google.com"),
            ("GOOGLE_OAUTH_URL", "token endpoint", "https://oauth2.googleapis.com"),
            ("GOOGLE_API_URL", "calendar", "https://www.googleapis.com"),
        )
    ),
    Variable("MICROSOFT_CLIENT_ID", "The app registration with which clinics connect Outlook calendars."),
    Variable("MICROSOFT_CLIENT_SECRET", "The secret of that registration.", secret=True),
    Variable(
        "MICROSOFT_LOGIN_URL",
        "Where Microsoft's sign-in is.",
        "https://login.microsoftonline.com",
        check=url("https", "http"),
    ),
    Variable(
        "MICROSOFT_GRAPH_URL",
        "Where Microsoft Graph is.",
        "https://graph.microsoft.com/v1.0",
        check=url("https", "http"),
    ),
    Variable("ELEVENLABS_BASE_URL", "ElevenLabs' address.", "https://api.elevenlabs.io", check=url("https", "http")),
    Variable("OPENAI_API_KEY", "The platform's key at OpenAI, for embeddings of documents.", secret=True),
    Variable("OPENAI_BASE_URL", "OpenAI's address.", "https://api.openai.com/v1", check=url("https", "http")),
    Variable(
        "EMBEDDER",
        "Who makes embeddings of documents: openai, local (needs requirements-local.txt) or none, which leaves search "
        "by words. By default openai where OPENAI_API_KEY is set, else none.",
        check=one_of("openai", "local", "none"),
    ),
    Variable("DEFAULT_FROM_EMAIL", "The sender of the platform's own mail.", "Voxanne <hello@example.com>"),
    Variable("LIVE_URL", "Address of the live-event process when it is not behind the same proxy as the site."),
    Variable("ADMIN_URL", "Address of the Django admin process when it is not behind the same proxy as the site."),
    Variable("SANDBOX_URL", "Address of the bundled provider simulator; set it only where no real provider is used."),
    Variable(
        "REHEARSAL_URL",
        "Address of a bundled simulator in which agents are rehearsed before they go live; without it none can be.",
        check=url("https", "http"),
    ),
    Variable(
        "METRICS_TOKEN",
        "What Prometheus shows to read /metrics, at least 32 characters; without it the address does not exist.",
        secret=True,
        check=at_least(32),
    ),
    Variable(
        "PROMETHEUS_MULTIPROC_DIR",
        "A folder in memory that all processes of a machine share, where they put their figures together for /metrics.",
        "/run/voxanne-metrics",
        check=writable_folder,
    ),
    Variable("SENTRY_DSN", "Reports errors to Sentry when set.", secret=True),
    Variable(
        "SESSION_IDLE_MINUTES",
        "Minutes of silence after which a person is signed out (5 to 720).",
        "30",
        check=between(5, 720),
    ),
    Variable(
        "TRUSTED_PROXIES",
        "How many reverse proxies stand in front (their X-Forwarded-For entries are believed).",
        "1",
        check=between(0, 9),
    ),
    Variable(
        "LOG_LEVEL",
        "DEBUG, INFO, WARNING or ERROR.",
        "INFO",
        check=one_of("DEBUG", "INFO", "WARNING", "ERROR"),
    ),
)


def find_problems(environ: Mapping[str, str]) -> list[Problem]:
    """All that is missing, left at a placeholder, or malformed; empty when the product may start."""
    found = [problem for variable in VARIABLES if (problem := find_problem(variable, environ.get(variable.name, "")))]
    if environ.get("SECRET_KEY") and environ.get("SECRET_KEY") == environ.get("ENCRYPTION_KEY"):
        found.append(Problem("ENCRYPTION_KEY", "is the same as SECRET_KEY", "Make a second key: the two must differ."))
    return found


def find_problem(variable: Variable, value: str) -> Problem | None:
    """What is wrong with one value, if anything."""
    value = value.strip()
    if not value:
        return Problem(variable.name, "is missing", variable.help) if variable.required else None
    if PLACEHOLDER.match(value):
        return Problem(variable.name, "is still a placeholder", variable.help)
    wrong = variable.check(value) if variable.check else None
    return Problem(variable.name, f"is not usable: {wrong}", variable.help) if wrong else None


# What stood in variables that `set_aside` had to replace.
_set_aside: dict[str, str] = {}


def set_aside(problems: list[Problem]) -> None:
    """Take what is wrong out of the environment, so that a command that only reports can load the settings at all."""
    for problem in problems:
        _set_aside[problem.name] = os.environ.pop(problem.name, "")
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))


def given(name: str) -> str:
    """The value that was given for a variable, usable or not; empty when there is none."""
    return _set_aside[name] if name in _set_aside else os.environ.get(name, "")


def banner(problems: list[Problem]) -> str:
    """The one message that says everything that is wrong at once. Holds no value of any variable."""
    lines = [f"  {p.name} {p.what}\n      {p.fix}" for p in problems]
    head = f"Voxanne cannot start: {len(problems)} setting{'s' if len(problems) != 1 else ''} to mend."
    rule = "=" * 78
    return "\n".join(
        [rule, head, "", *lines, "", "`.env.example` lists every setting; `manage.py validate_env` checks them.", rule]
    )


def example_file() -> str:
    """The text of `.env.example`: every variable with its sentence; what is required stands empty, to be filled in."""
    head = (
        "# Every setting of Voxanne. Copy to .env and fill in; `manage.py validate_env` says what is wrong.\n"
        "# Made by `manage.py validate_env --example`; a test keeps it current.\n"
    )
    parts = [head]
    for variable in VARIABLES:
        if variable.required:
            example = f" For example {variable.example}" if variable.example else ""
            parts.append(f"# {variable.help} Required.{example}\n{variable.name}=\n")
        else:
            prefix = "" if variable.name == "VOXANNE_ENV" else "# "
            parts.append(f"# {variable.help}\n{prefix}{variable.name}={variable.example}\n")
    return "\n".join(parts)
