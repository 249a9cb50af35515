"""A call that has ended, in a clinic that can text."""

import pytest

from calls.tests.factories import add_line, make_call
from contacts.models import Contact
from orgs.models import AuditEntry
from providers.testing import provider_sandbox, running_sandbox, vapi_sandbox  # noqa: F401 - fixtures
from telephony.models import Message
from telephony.tests.texting import PATIENT, connect_twilio


@pytest.fixture
def texting(north):
    connect_twilio(north)
    return north


@pytest.fixture
def caller(north, working_for):
    with working_for(north):
        return Contact.objects.create(phone=PATIENT, name="Ana Reyes")


@pytest.fixture
def call(north, working_for, caller):
    with working_for(north):
        made = make_call(north, contact=caller, phone_number=PATIENT, outcome="completed")
        add_line(made, "Hello, can I come on Tuesday?", ordinal=1)
        add_line(made, "We have nine o'clock.", role="assistant", ordinal=75)
    return made


@pytest.fixture
def browser(sign_in, north_owner, north):
    return sign_in(north_owner)


@pytest.fixture
def audited(north, working_for):
    def read(action):
        with working_for(north):
            return list(AuditEntry.objects.filter(action=action).order_by("id"))

    return read


@pytest.fixture
def messages_of(north, working_for):
    def read():
        with working_for(north):
            return list(Message.objects.order_by("created_at"))

    return read
