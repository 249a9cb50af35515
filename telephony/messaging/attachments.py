"""What an email carries beside its stored text, sealed with the clinic's key until it is sent, each for its own row:
files, and what stands in the email alone, such as a secret link.
"""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from credentials.sealing import seal_for_org, unseal_for_org
from telephony.messaging.types import Attachment
from telephony.models import Message


def seal_attachments(
    org_id: UUID, message_id: UUID, attachments: Sequence[Attachment], inserts: Mapping[str, str]
) -> str:
    """The files and inserts as they are stored; "" for none.

    Raises:
        SealedTextUnreadable: the organisation's key cannot be opened.
    """
    if not attachments and not inserts:
        return ""
    text = json.dumps({"files": [attachment.to_json() for attachment in attachments], "inserts": dict(inserts)})
    return seal_for_org(org_id, purpose=_purpose(message_id), text=text)


def open_attachments(message: Message) -> tuple[str, list[Attachment]]:
    """The text of a message with its inserts in their places, and its files.

    Raises:
        SealedTextUnreadable: the key was shredded, or the text was changed.
    """
    if not message.attachments_sealed:
        return message.content, []
    opened = unseal_for_org(message.org_id, purpose=_purpose(message.pk), sealed=message.attachments_sealed)
    carried, text = json.loads(opened), message.content
    for place, insert in carried["inserts"].items():
        text = text.replace(place, insert)
    return text, [Attachment(**entry) for entry in carried["files"]]


def _purpose(message_id: UUID) -> str:
    return f"messages.attachments {message_id}"
