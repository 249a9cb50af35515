"""Files of emails that wait to be sent: sealed with the clinic's key, each list for its own row."""

import json
from collections.abc import Sequence
from uuid import UUID

from credentials.sealing import seal_for_org, unseal_for_org
from telephony.messaging.types import Attachment
from telephony.models import Message


def seal_attachments(org_id: UUID, message_id: UUID, attachments: Sequence[Attachment]) -> str:
    """The files as they are stored; "" for none.

    Raises:
        SealedTextUnreadable: the organisation's key cannot be opened.
    """
    if not attachments:
        return ""
    text = json.dumps([attachment.to_json() for attachment in attachments])
    return seal_for_org(org_id, purpose=_purpose(message_id), text=text)


def open_attachments(message: Message) -> list[Attachment]:
    """The files of a message.

    Raises:
        SealedTextUnreadable: the key was shredded, or the text was changed.
    """
    if not message.attachments_sealed:
        return []
    text = unseal_for_org(message.org_id, purpose=_purpose(message.pk), sealed=message.attachments_sealed)
    return [Attachment(**entry) for entry in json.loads(text)]


def _purpose(message_id: UUID) -> str:
    return f"messages.attachments {message_id}"
