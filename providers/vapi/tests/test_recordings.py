"""Fetching the sound of a call: which links are followed, and what is made of those that are dead."""

from uuid import uuid4

import pytest

from providers.vapi.client import platform_client
from providers.vapi.recordings import _may_be_fetched, open_recording
from voxanne.errors import NotFoundAtProvider, Unauthorized


def test_a_call_that_vapi_does_not_know_has_no_recording(vapi_sandbox):
    with pytest.raises(NotFoundAtProvider), open_recording(platform_client(), str(uuid4())):
        pass


def test_a_key_that_is_not_accepted_is_told_apart(vapi_sandbox, settings):
    settings.VAPI_PRIVATE_KEY = "this-key-is-bad"

    with pytest.raises(Unauthorized), open_recording(platform_client(), str(uuid4())):
        pass


@pytest.mark.parametrize(
    ("link", "is_followed"),
    [
        ("https://storage.vapi.example/a.wav?X-Amz-Signature=b", True),
        ("http://127.0.0.1:8003/vapi/storage/a.wav", True),
        ("http://127.0.0.1:8004/vapi/storage/a.wav", False),
        ("http://storage.vapi.example/a.wav", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("https://[", False),
    ],
)
def test_a_link_is_followed_when_nobody_on_the_way_can_listen(settings, link, is_followed):
    settings.VAPI_BASE_URL = "http://127.0.0.1:8003/vapi"

    assert _may_be_fetched(link) is is_followed
