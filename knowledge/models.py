"""Documents of the clinic, the passages that they were cut into, and files that belong to nothing."""

from django.conf import settings
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast
from pgvector.django import BitField, HnswIndex, VectorField

from knowledge.questions.models import KnowledgeQuestion
from orgs.tenancy import TenantForeignKey, TenantModel

__all__ = ["KnowledgeQuestion"]

DIMENSIONS = 1536
LONGEST_TITLE = 200
MODEL_NAME = 100
# Between the headings of a path, in the column; a heading is one line.
PATH_SEPARATOR = "\n"


class Source(models.TextChoices):
    """Where a document came from."""

    UPLOAD = "upload", "Uploaded file"
    TEXT = "text", "Text"
    URL = "url", "Web page"


class DocumentStatus(models.TextChoices):
    """How far a document has come."""

    PENDING = "pending", "Waiting"
    EXTRACTING = "extracting", "Being read"
    EMBEDDING = "embedding", "Being indexed"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"


class KnowledgeDocument(TenantModel):
    """One document. Its passages answer callers as soon as they are written, while `is_active`.

    `text` is what staff typed, for `Source.TEXT` alone. `storage_name` and `key_sealed` are the original's file and
    that file's own key, sealed with the clinic's. `progress_done` of `progress_total` pages (`extracting`) or chunks
    (`embedding`) are through. `error` is a sentence for staff: why it failed, or why indexing has to wait.
    `revision` goes up with everything that asks for new processing: a worker that began with an older one is not
    believed. `attempts` counts tries of that revision, before each one; `claim` is held by the one worker that reads
    it, until `claimed_until`; `due_at` is when a sweeper looks again (None: nothing to do).
    """

    title = models.CharField(max_length=LONGEST_TITLE)
    source = models.CharField(max_length=6, choices=Source.choices)
    filename = models.CharField(max_length=255, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    text = models.TextField(blank=True)
    storage_name = models.CharField(max_length=200, blank=True)
    key_sealed = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=DocumentStatus.choices, default=DocumentStatus.PENDING)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    error_code = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=300, blank=True)
    page_count = models.PositiveIntegerField(null=True, blank=True)
    chunk_count = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    last_used_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "knowledge_documents"
        constraints = [
            models.UniqueConstraint(
                fields=["org", "sha256"], condition=Q(source=Source.UPLOAD), name="knowledge_documents_org_bytes_key"
            ),
            models.CheckConstraint(name="knowledge_documents_source_known", condition=Q(source__in=Source.values)),
            models.CheckConstraint(
                name="knowledge_documents_status_known", condition=Q(status__in=DocumentStatus.values)
            ),
        ]
        indexes = [
            models.Index(fields=["org", "-created_at", "-id"], name="knowledge_docs_org_newest_idx"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="knowledge_docs_due_idx"),
        ]

    def __str__(self) -> str:
        return f"document {self.pk}"

    @property
    def is_settled(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.status in (DocumentStatus.READY, DocumentStatus.FAILED)


class KnowledgeChunk(TenantModel):
    """One passage of a document, with what finds it.

    `heading_path` holds one heading a line, the highest first (`headings`). `sha256` is `ChunkDraft.sha256`. Its
    vectors stand in `KnowledgeEmbedding`, one for each model.
    """

    document = TenantForeignKey(KnowledgeDocument, on_delete=models.CASCADE, related_name="chunks")
    ordinal = models.PositiveIntegerField()
    content = models.TextField()
    heading_path = models.TextField(blank=True)
    page = models.PositiveIntegerField(null=True, blank=True)
    token_count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    search = models.GeneratedField(
        expression=SearchVector(F("heading_path"), weight="A", config="english")
        + SearchVector(F("content"), weight="D", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        db_table = "knowledge_chunks"
        constraints = [
            # Looked at when the transaction ends, so that passages can change places.
            models.UniqueConstraint(
                fields=["org", "document", "ordinal"],
                name="knowledge_chunks_org_place_key",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"chunk {self.pk}"

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings that it stands under, the highest first."""
        return tuple(self.heading_path.split(PATH_SEPARATOR)) if self.heading_path else ()


class LooseFile(TenantModel):
    """A file in storage that no document names: one that is about to be named, or one whose document is gone.

    Its row is written before the file and falls with the transaction that names the file; what is still here at
    `due_at` is removed.
    """

    storage_name = models.CharField(max_length=200)
    due_at = models.DateTimeField()

    class Meta:
        db_table = "knowledge_loose_files"
        constraints = [models.UniqueConstraint(fields=["org", "storage_name"], name="knowledge_loose_files_org_key")]
        indexes = [models.Index(fields=["due_at"], name="knowledge_loose_files_due_idx")]

    def __str__(self) -> str:
        return f"loose file {self.pk}"


class KnowledgeEmbedding(TenantModel):
    """The vector of one passage by one model; a passage has two while a clinic changes models.

    `bits` are the signs of its numbers: an eighth of a kilobyte that is compared before the six of the vector are
    read. `document_id` is the passage's, so that documents that are switched off can be left out here.
    """

    chunk = TenantForeignKey(KnowledgeChunk, on_delete=models.CASCADE, related_name="embeddings")
    document_id = models.UUIDField()
    model = models.CharField(max_length=MODEL_NAME)
    embedding = VectorField(dimensions=DIMENSIONS)
    bits = models.GeneratedField(
        expression=Cast(Func(F("embedding"), function="binary_quantize"), BitField(length=DIMENSIONS)),
        output_field=BitField(length=DIMENSIONS),
        db_persist=True,
    )

    class Meta:
        db_table = "knowledge_embeddings"
        constraints = [
            models.UniqueConstraint(fields=["org", "model", "chunk"], name="knowledge_embeddings_org_key"),
        ]
        indexes = [
            HnswIndex(fields=["bits"], opclasses=["bit_hamming_ops"], name="knowledge_embeddings_hnsw_idx"),
        ]

    def __str__(self) -> str:
        return f"embedding {self.pk}"


class KnowledgeIndex(TenantModel):
    """How a clinic is searched by meaning, and the work on it: one row a clinic.

    `active_model` is the one whose vectors are searched ("" while none is complete). `wanted_model` is the one that
    passages are embedded with; when none lacks a vector of it, it becomes the active one. `claim` is held by the one
    worker that embeds, until `claimed_until`; `due_at` is when a sweeper looks again (None: nothing to do). `attempts`
    counts failures since the last success.
    """

    active_model = models.CharField(max_length=MODEL_NAME, blank=True)
    wanted_model = models.CharField(max_length=MODEL_NAME, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "knowledge_indexes"
        constraints = [models.UniqueConstraint(fields=["org"], name="knowledge_indexes_org_key")]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="knowledge_indexes_due_idx")]

    def __str__(self) -> str:
        return f"index {self.pk}"


class KnowledgeUsage(TenantModel):
    """What embedding a clinic's documents cost on one day (UTC), by model; the cost is in billionths of a dollar."""

    day = models.DateField()
    model = models.CharField(max_length=MODEL_NAME)
    requests = models.PositiveIntegerField(default=0)
    tokens = models.PositiveBigIntegerField(default=0)
    cost_nano_usd = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "knowledge_usage"
        constraints = [models.UniqueConstraint(fields=["org", "day", "model"], name="knowledge_usage_org_day_key")]

    def __str__(self) -> str:
        return f"usage {self.pk}"
