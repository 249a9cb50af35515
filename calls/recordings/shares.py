"""Sharing a recording by a link: made, emailed, opened, switched off."""

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F

from calls.models import Call
from calls.recordings.errors import NothingToShare
from calls.recordings.models import SHARED_FOR, Recording, RecordingShare, RecordingState
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import current_org_id, org_scope, org_tx
from telephony.messaging import send_message
from telephony.models import Channel, Message
from voxanne.clock import now
from voxanne.errors import BadInput, NotFound
from voxanne.ids import uuid7

SECRET_BYTES = 32
_ORG_BYTES = 16
# Stands in the stored message for the link, which only the email shows.
LINK_PLACE = "[the private link, shown in the email alone]"
_LONGEST_KEY = 150
_BY_LINK = "SELECT id FROM recording_shares WHERE org_id = %s::uuid AND token_hash = %s"


def share_recording(
    *, org: Organization, call: Call, email: str, idempotency_key: str, actor: Actor
) -> tuple[RecordingShare, Message]:
    """Have a link to a call's recording emailed. The same key is the same share, and the same email.

    In the caller's `org_tx`, or in one of its own.

    Raises:
        NothingToShare: there is no recording, or none yet.
        DomainError: the email cannot be sent (`telephony.messaging.errors`); nothing was stored.
    """
    key = idempotency_key.strip()
    if not 0 < len(key) <= _LONGEST_KEY:
        raise BadInput(f"An idempotency key has 1 to {_LONGEST_KEY} characters.")
    with org_scope(org), org_tx():
        recording = Recording.objects.filter(call=call, state=RecordingState.COMPLETED).first()
        if recording is None:
            raise NothingToShare
        token = _new_token(org.pk)
        wanted = RecordingShare(
            id=uuid7(), org=org, recording=recording, token_hash=_hash(token), email=email.strip(),
            idempotency_key=key, created_by_id=actor.user_id, expires_at=now() + SHARED_FOR,
        )  # fmt: skip
        RecordingShare.objects.bulk_create([wanted], ignore_conflicts=True)
        share = RecordingShare.objects.get(idempotency_key=key)
        if share.recording_id != recording.pk:
            raise BadInput("That idempotency key stands for another recording.")
        if share.pk == wanted.pk:
            audit.record(actor, "recording.shared", share, call=str(call.pk), recording=str(recording.pk))
        return share, _send_link(org, call, share, token, actor)


def revoke_share(share: RecordingShare, *, actor: Actor) -> None:
    """Switch a link off: from the commit on it opens nothing. Again changes nothing. Inside `org_tx`."""
    revoked = RecordingShare.objects.filter(pk=share.pk, revoked_at__isnull=True).update(
        revoked_at=now(), updated_at=now()
    )
    if revoked:
        audit.record(actor, "recording.share_revoked", share)


def access_share(share_id: UUID) -> RecordingShare:
    """The organisation's share of that id, with its recording.

    Raises:
        NotFound: it does not exist, or belongs to another organisation.
    """
    share: RecordingShare | None = RecordingShare.objects.filter(pk=share_id).select_related("recording").first()
    if share is None:
        raise NotFound("We could not find that link.")
    return share


def list_open_shares(call: Call) -> list[RecordingShare]:
    """The links to a call's recording that open something now, newest first. One query."""
    shares = RecordingShare.objects.filter(recording__call_id=call.pk, revoked_at__isnull=True, expires_at__gt=now())
    return list(shares.order_by("-created_at"))


def find_org_of_token(token: str) -> UUID | None:
    """Whose link it would be; None for what was never a link. Says nothing about whether there is one."""
    try:
        raw = urlsafe_b64decode(token.encode())
    except (NotBase64, ValueError):
        return None
    if len(raw) != _ORG_BYTES + SECRET_BYTES or urlsafe_b64encode(raw).decode() != token:
        return None
    return UUID(bytes=raw[:_ORG_BYTES])


def find_open_share(token: str) -> RecordingShare | None:
    """The share that this link opens now, with its recording and call; None otherwise. Inside `org_tx`.

    Whoever guesses costs one bare statement; a link that exists costs two.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BY_LINK, [current_org_id(), _hash(token)])
        found = cursor.fetchone()
    return _open(pk=found[0]) if found else None


def find_open_share_by_id(share_id: UUID) -> RecordingShare | None:
    """The same for the holder of a ticket that a link gave."""
    return _open(pk=share_id)


def note_opening(share: RecordingShare, *, actor: Actor, action: str) -> None:
    """Put one opening into the audit log, and count it if somebody went on to listen. Inside `org_tx`."""
    audit.record(actor, action, share, recording=str(share.recording_id))
    if action == "recording.link_played":
        RecordingShare.objects.filter(pk=share.pk).update(openings=F("openings") + 1, last_opened_at=now())


def _open(**which: object) -> RecordingShare | None:
    share: RecordingShare | None = (
        RecordingShare.objects.filter(
            **which, revoked_at__isnull=True, expires_at__gt=now(), recording__state=RecordingState.COMPLETED
        )
        .select_related("recording__call")
        .first()
    )
    return share


def _send_link(org: Organization, call: Call, share: RecordingShare, token: str, actor: Actor) -> Message:
    body = (
        f"{org.name} shares the recording of a phone call with you.\n\n"
        f"Listen here:\n{LINK_PLACE}\n\n"
        "The link works for 24 hours. Whoever has it can listen, so please do not pass it on.\n"
    )
    return send_message(
        org=org,
        channel=Channel.EMAIL,
        to=share.email,
        subject=f"A call recording from {org.name}"[:200],
        body=body,
        inserts={LINK_PLACE: f"{settings.BACKEND_URL}/listen/{token}"},
        idempotency_key=f"recording-share-{share.pk}",
        contact_id=call.contact_id,
        call_id=call.pk,
        by_person=True,
        purpose="recording_share",
        expires_at=share.expires_at,
        actor=actor,
    )


def _new_token(org_id: UUID) -> str:
    """Whose link it is, so that it can be looked for at all, and 256 random bits."""
    return urlsafe_b64encode(org_id.bytes + secrets.token_bytes(SECRET_BYTES)).decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
