"""`POST /api/knowledge/search`."""

import pytest

from knowledge.tests.factories import make_document

pytestmark = pytest.mark.django_db
SEARCH = "/api/knowledge/search"


def ask(client, body):
    return client.post(SEARCH, body, content_type="application/json")


def test_a_search_gives_passages_with_where_they_stand(sign_in, north_owner, north, south, working_for):
    with working_for(north):
        document = make_document("A filling costs £120 at our practice.", title="Price list")
    with working_for(south):
        make_document("A filling costs £90 with us.", title="Theirs")
    client = sign_in(north_owner)

    found = ask(client, {"query": "How much is a filling?"}).json()

    assert found["found"]
    (passage,) = found["passages"]
    assert (passage["document_id"], passage["document_title"]) == (str(document.pk), "Price list")
    assert (passage["page"], passage["heading_path"], passage["matched_by"]) == (None, [], "lexical")
    assert 0 < passage["score"] <= 1
    assert ask(client, {"query": "Do you sell bicycles?"}).json() == {"found": False, "passages": []}
    assert ask(client, {"query": ""}).status_code == 400
    assert ask(client, {"query": "x" * 501}).status_code == 400
