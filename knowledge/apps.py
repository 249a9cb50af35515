"""Tells lower rooms what this one knows."""

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    verbose_name = "Knowledge"

    def ready(self) -> None:
        from agents.prompts import register_knowledge
        from knowledge.embedders import find_embedder_problem, preload_embedder
        from knowledge.embedding import tasks  # noqa: F401 - Celery finds tasks of apps only
        from knowledge.models import DIMENSIONS, Source
        from knowledge.standing_facts import standing_facts
        from orgs.tenancy.samples import register_sample
        from voxanne.startup import register_preload, register_start_check

        register_knowledge(standing_facts)
        register_sample("knowledge.KnowledgeDocument", lambda: {"source": Source.TEXT})
        register_sample("knowledge.KnowledgeEmbedding", lambda: {"embedding": [1.0] * DIMENSIONS})
        register_start_check("Embedder", find_embedder_problem)
        register_preload("Embedder", preload_embedder)
