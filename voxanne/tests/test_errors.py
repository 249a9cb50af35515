"""Errors as pages, as toasts and as JSON: always in our words, never with details."""

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import path

from orgs.errors import InvitationUnusable, LastOwner
from voxanne import urls
from voxanne.errors import BadInput, Forbidden, NotFound
from voxanne.views import error_page

CANARY = "postgres://leaky:canary-secret@db"
RAISED = {
    "400": (BadRequest(CANARY), 400),
    "suspicious": (SuspiciousOperation(CANARY), 400),
    "403": (PermissionDenied(CANARY), 403),
    "404": (Http404(CANARY), 404),
    "500": (RuntimeError(CANARY), 500),
    "input": (BadInput("Say when."), 400),
    "forbidden": (Forbidden(), 403),
    "missing": (NotFound(), 404),
    "conflict": (LastOwner(), 409),
    "gone": (InvitationUnusable(), 410),
}


def _raise(request, key):
    raise RAISED[key][0]


urlpatterns = [path("raise/<str:key>", _raise), path("api/raise/<str:key>", _raise), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("key", RAISED)
def test_a_page_says_what_happened(client, db, key):
    response = client.get(f"/raise/{key}")

    assert response.status_code == RAISED[key][1]
    assert response["Content-Type"].startswith("text/html")
    assert b"canary" not in response.content
    assert b"<h1" in response.content


@pytest.mark.parametrize("key", RAISED)
def test_the_api_answers_in_one_form(client, db, key):
    response = client.get(f"/api/raise/{key}")

    assert response.status_code == RAISED[key][1]
    assert set(response.json()) == {"error", "code"}
    assert b"canary" not in response.content


def test_a_fragment_gets_a_toast(client, db):
    response = client.get("/raise/conflict", headers={"hx-request": "true"})

    assert response.status_code == 409
    assert "Every organisation needs an owner" in response["HX-Trigger"]


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 418, 500, 503])
def test_every_status_has_a_page(db, status):
    assert error_page(RequestFactory().get("/"), status, "Words for people.").status_code == status


def test_a_form_without_its_token_is_explained(db):
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {})

    assert response.status_code == 403
    assert b"This form was open too long" in response.content
