"""A web page brought in: fetched by a worker, kept like a file, fetched anew when it is processed again."""

import pytest

from knowledge import documents
from knowledge.models import DocumentStatus, KnowledgeChunk, KnowledgeDocument
from knowledge.processing import Outcome, process
from orgs.actors import Actor
from orgs.scope import org_scope
from providers.webpages import client
from providers.webpages.tests.servers import PUBLIC, answer, running_site

URL = "https://clinic.example/parking"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def site(served, north, monkeypatch):
    """The internet, which holds one page."""
    served.answers = {"/parking": answer()}
    served.resolved = {"clinic.example": [PUBLIC]}
    monkeypatch.setattr(client, "INTERNET", served.way)
    with org_scope(north):
        yield served


def import_page(north) -> KnowledgeDocument:
    return documents.add_page(org=north, url=URL, actor=Actor.system(north.pk))


def now_of(document, working_for, north) -> KnowledgeDocument:
    with working_for(north):
        return KnowledgeDocument.objects.get(pk=document.pk)


def test_a_page_is_fetched_kept_and_fetched_anew(north, site, working_for):
    document = import_page(north)
    assert process(org=north, document_id=document.pk) == Outcome.READ
    first = now_of(document, working_for, north)
    assert (first.status, first.media_type, first.title) == (
        DocumentStatus.READY,
        "text/html",
        "clinic.example/parking",
    )
    with working_for(north):
        assert "Park behind us." in KnowledgeChunk.objects.get().content

    site.answers["/parking"] = answer(
        "<p>Caf\xe9 parking: round the corner.".encode("latin-1"), Content_Type="text/html; charset=latin-1"
    )
    documents.reprocess(org=north, document_id=document.pk, actor=Actor.system(north.pk))
    assert process(org=north, document_id=document.pk) == Outcome.READ
    with working_for(north):
        assert "Café parking: round the corner." in KnowledgeChunk.objects.get().content
    assert now_of(document, working_for, north).storage_name != first.storage_name


def test_what_is_wrong_with_a_page_is_told_and_tried_again_where_that_helps(north, site, working_for):
    document = import_page(north)
    site.answers["/parking"] = answer(status=503)
    outcomes = [process(org=north, document_id=document.pk) for _ in range(4)]
    assert outcomes == [Outcome.AGAIN, Outcome.AGAIN, Outcome.FAILED, Outcome.BUSY]
    failed = now_of(document, working_for, north)
    assert (failed.status, failed.error_code, failed.due_at) == (DocumentStatus.FAILED, "unreachable", None)

    site.resolved["clinic.example"] = ["10.0.0.7"]
    documents.reprocess(org=north, document_id=document.pk, actor=Actor.system(north.pk))
    assert process(org=north, document_id=document.pk) == Outcome.FAILED
    assert "private network" in now_of(document, working_for, north).error
