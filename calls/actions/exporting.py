"""Handing out a call's transcript as a file, which is noted among the call's messages."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.db import models

from calls.actions.errors import KeyUsedForAnother
from calls.actions.transcript import Transcript, read_transcript
from calls.models import Call
from calls.selectors import find_caller
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from telephony.messaging.exports import record_export

PURPOSE = "transcript_export"


class ExportFormat(models.TextChoices):
    """What a transcript can be taken along as."""

    TXT = "txt", "Text"
    PDF = "pdf", "PDF"
    JSON = "json", "JSON"


@dataclass(frozen=True)
class ExportedFile:
    """A file as it is downloaded."""

    name: str
    content_type: str
    content: bytes


def export_transcript(
    *, org: Organization, call: Call, kind: ExportFormat, recipient: str, idempotency_key: str, actor: Actor
) -> ExportedFile:
    """The transcript as a file. Asked again with the same key it is noted once.

    Args:
        recipient: the email address of whoever gets it.

    Raises:
        NoTranscript: there is nothing to hand out. KeyUsedForAnother: the key stands for another file.
    """
    with org_tx():
        transcript = read_transcript(org=org, call=call)
        contact = find_caller(call)
        said = f"Transcript as {kind.label}"
        row = record_export(
            org=org,
            recipient=recipient,
            content=said,
            purpose=PURPOSE,
            idempotency_key=f"export:{call.pk}:{idempotency_key}",
            contact_id=contact.pk if contact else None,
            call_id=call.pk,
        )
        if row.content != said:
            raise KeyUsedForAnother
        audit.record(actor, "transcript.exported", call, format=kind.value, message=str(row.pk))
    write, content_type = _WRITERS[kind]
    started = (transcript.started_at or call.created_at).astimezone(org.zone)
    return ExportedFile(f"transcript-{started:%Y-%m-%d-%H%M}.{kind.value}", content_type, write(transcript))


def _as_text(transcript: Transcript) -> bytes:
    head = [transcript.title, "", *(f"{name}: {value}" for name, value in transcript.facts), ""]
    said = [f"[{line.clock}] {line.name}: {line.text}" if line.clock else f"{line.name}: {line.text}"
            for line in transcript.lines]  # fmt: skip
    return ("\n".join([*head, *said]) + "\n").encode()


def _as_json(transcript: Transcript) -> bytes:
    body = {
        "title": transcript.title,
        "started_at": transcript.started_at.isoformat() if transcript.started_at else None,
        "facts": {name.lower(): value for name, value in transcript.facts},
        "lines": [
            {"role": line.role, "name": line.name, "text": line.text, "offset_ms": line.offset_ms}
            for line in transcript.lines
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2).encode()


def _as_pdf(transcript: Transcript) -> bytes:
    # Its library takes a tenth of a second to load, and most processes never need it.
    from calls.actions.pdf import render_pdf

    return render_pdf(transcript)


_WRITERS: dict[ExportFormat, tuple[Callable[[Transcript], bytes], str]] = {
    ExportFormat.TXT: (_as_text, "text/plain; charset=utf-8"),
    ExportFormat.PDF: (_as_pdf, "application/pdf"),
    ExportFormat.JSON: (_as_json, "application/json"),
}
