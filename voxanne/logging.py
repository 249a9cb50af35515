"""Structured logs (JSON in production), and the net that keeps secrets and phone numbers out of them."""

import logging
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_SECRET_NAMES = re.compile(
    r"(secret|password|passwd|token|authorization|api[_-]?key|private[_-]?key|cookie|credential$|auth[_-]?tag|otp"
    r"|session[_-]?(id|key)|csrf)",
    re.IGNORECASE,
)
_SECRET_SHAPES = re.compile(
    r"(?:Bearer\s+[\w.~+/=-]{8,}"
    r"|\bre_\w{8,}"
    r"|\bvxn_\w{8,}"
    r"|\bsk_\w{12,}"
    r"|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+"
    r"|\b(?:postgres(?:ql)?|redis|rediss)://[^\s:@/]*:[^\s@/]+@"
    r"|-----BEGIN [A-Z ]*KEY-----[\s\S]*?(?:-----END [A-Z ]*KEY-----|$)"
    r"|\b[0-9a-f]{32}\b(?!-)"
    r"|\b[0-9a-fA-F]{64}\b)"
)
_SHORTEST_SECRET = len("re_") + 8
_PHONE = re.compile(r"(?<![\w-])(\+[1-9]\d{1,2})\d{2,10}(\d{2})(?![\w-])")
_SAFE_KEYS = frozenset({"event", "level", "timestamp", "logger", "request_id", "org", "user", "route"})
# The processors before the net write these themselves, whatever a caller called them.
_WRITTEN_HERE = frozenset({"level", "logger", "timestamp"})
MASK = "[redacted]"


def redact(value: Any, *, name: str = "") -> Any:
    """The same value without known secret shapes; of phone numbers the country and the last two digits stay."""
    if name and name not in _SAFE_KEYS and _SECRET_NAMES.search(name):
        return MASK if value else value
    if isinstance(value, str):
        return _without_shapes(value)
    if isinstance(value, Mapping):
        return {key: redact(item, name=str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [redact(item) for item in value]
    return value


def _without_shapes(text: str) -> str:
    """Every line of the log passes here with all its words: what is too short, or has no plus, is not searched."""
    if len(text) >= _SHORTEST_SECRET:
        text = _SECRET_SHAPES.sub(MASK, text)
    return _PHONE.sub(r"\1•••\2", text) if "+" in text else text


def _redact_event(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if key not in _WRITTEN_HERE:
            event[key] = redact(value, name=key)
    return event


# One list for the life of the process: loggers keep it from their first line on, so configuring again must change it.
_processors: list[structlog.typing.Processor] = []


def configure_logging(*, level: str, human: bool) -> None:
    """Send structlog and the standard library through one pipeline to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact_event,
    ]
    _processors[:] = [
        structlog.stdlib.filter_by_level,
        *shared,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ]
    structlog.configure(
        processors=_processors,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=False) if human else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    _leave_out()


def _leave_out() -> None:
    """What no line tells is not found out, and what would say too much is not written."""
    # No line tells any of these, and finding them out for each costs as much as writing it (Python's logging HOWTO).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # noqa: SLF001 - the documented way
    every_run_of_a_task = ("celery.beat", "celery.worker.strategy", "celery.app.trace")
    # Their debug lines quote what they work with: a template's context, a request to a provider with its tokens.
    quoting = ("django.template", "requests_oauthlib", "oauthlib", "msal", "twilio", "google")
    for noisy in ("urllib3", "asyncio", "httpx", "httpcore", "kombu", "amqp", *every_run_of_a_task, *quoting):
        logging.getLogger(noisy).setLevel("WARNING")
