"""Files that no document names: each is a row before it is a file, so that none lies in storage unknown."""

from datetime import timedelta
from uuid import UUID, uuid4

import structlog

from knowledge.files import delete_file
from knowledge.models import LooseFile
from orgs.due_rows import take_due
from orgs.models import Organization
from orgs.scope import org_tx
from orgs.tasks import enqueue_on_commit
from voxanne.clock import now

log = structlog.get_logger(__name__)

# Longer than storing a file and naming it takes.
STORED_WITHIN = timedelta(minutes=15)
AGAIN_IN = timedelta(minutes=5)
SWEEP_BATCH = 200


def new_name(*, org_id: UUID, document_id: UUID) -> str:
    """A name for a file that is about to be stored, which is removed unless `keep` is called in time."""
    name = f"{org_id}/{document_id}-{uuid4().hex[:12]}"
    with org_tx():
        LooseFile.objects.create(storage_name=name, due_at=now() + STORED_WITHIN)
    return name


def keep(name: str) -> bool:
    """The document that names this file is stored in the open transaction. False when it took too long: it is gone.

    What `remove` may take (`due_at` up to `AGAIN_IN` ahead) cannot be kept any more.
    """
    return bool(LooseFile.objects.filter(storage_name=name, due_at__gt=now() + AGAIN_IN).delete()[0])


def let_go(name: str) -> None:
    """The document that names this file goes with the open transaction; the file follows."""
    if not name:
        return
    from knowledge.tasks import remove_loose_file

    file, _ = LooseFile.objects.update_or_create(storage_name=name, defaults={"due_at": now()})
    enqueue_on_commit(remove_loose_file, str(file.org_id), str(file.pk))


def remove(*, org: Organization, file_id: UUID | str) -> bool:
    """Remove one file that is due. Safe to run twice; with no transaction open."""
    with org_tx():
        file = LooseFile.objects.for_org(org.pk).filter(pk=file_id, due_at__lte=now() + AGAIN_IN).first()
    if file is None:
        return False
    try:
        delete_file(file.storage_name)
    except OSError as error:
        log.warning("document.file_not_removed", file=str(file.pk), error=type(error).__name__)
        return False
    with org_tx():
        LooseFile.objects.filter(pk=file.pk).delete()
    return True


def claim_due() -> list[tuple[UUID, UUID]]:
    """The files to remove now, by organisation; their next look moved on."""
    return take_due(LooseFile, again_in=AGAIN_IN, limit=SWEEP_BATCH)
