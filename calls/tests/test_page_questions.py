"""How often a call's page and its API ask: the same for every call, once more for a thing that not every call has."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.tests.factories import add_line, make_call
from telephony.models import Message

pytestmark = pytest.mark.django_db
PAGES = ("/dashboard/calls", "/api/calls-dashboard")


@pytest.fixture
def asks(sign_in, north_owner, north, working_for):
    """`asks(texts=2)`: how many statements the page and the API of such a call take."""
    browser = sign_in(north_owner)
    browser.get("/dashboard")  # the first page of a session also notes the organisation in it

    def count(*, texts=0, method="sms", lines=1, **facts) -> tuple[int, ...]:
        with working_for(north):
            call = make_call(north, **facts)
            for number in range(lines):
                add_line(call, "Words.", ordinal=number)
            for number in range(texts):
                Message.objects.create(
                    call=call, method=method, recipient="+447700900123", status="delivered", direction="outbound",
                    content="Hello", idempotency_key=f"{call.pk}-{number}",
                )  # fmt: skip
        found = []
        for root in PAGES:
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(f"{root}/{call.pk}").status_code == 200
            found.append(len(asked))
        return tuple(found)

    return count


def test_a_call_costs_what_there_is_of_it_to_tell_and_never_what_there_is_many_of(asks):
    page, api = asks()

    assert (page, api) == (22, 15)
    assert asks(lines=30) == (page, api)
    assert asks(texts=1, method="email") == (page, api)
    assert asks(texts=1) == asks(texts=9) == (page + 1, api + 1), "what was texted back is looked for"
    assert asks(call_type="outbound") == (page + 1, api), "why it was not placed is looked for"
