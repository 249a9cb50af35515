"""The theme is a cookie that the server reads."""

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from voxanne.ui.context import Shell
from voxanne.ui.views import choose_theme


@pytest.mark.parametrize(
    ("cookie", "choice", "name"),
    [
        ("dark", "dark", "voxanne-dark"),
        ("light", "light", "voxanne-light"),
        ("system", "system", ""),
        ("<script>", "system", ""),
        (None, "system", ""),
    ],
)
def test_only_known_themes_reach_the_page(cookie: str | None, choice: str, name: str) -> None:
    request = HttpRequest()
    if cookie is not None:
        request.COOKIES["theme"] = cookie

    assert (Shell(request).theme, Shell(request).theme_name) == (choice, name)


def test_choosing_goes_back_to_the_page(rf: RequestFactory) -> None:
    response = choose_theme(rf.post("/dashboard/_theme", {"theme": "dark", "next": "/dashboard/calls?q=ana"}))

    assert (response.status_code, response["Location"]) == (302, "/dashboard/calls?q=ana")
    assert response.cookies["theme"].value == "dark"


@pytest.mark.parametrize("next_url", ["https://evil.example", "//evil.example/x", "javascript:alert(1)"])
def test_choosing_never_leads_away(rf: RequestFactory, next_url: str) -> None:
    response = choose_theme(rf.post("/dashboard/_theme", {"theme": "dark", "next": next_url}))

    assert response["Location"] == "/"


def test_an_unknown_theme_is_not_kept(rf: RequestFactory) -> None:
    response = choose_theme(rf.post("/dashboard/_theme", {"theme": "neon"}))

    assert "theme" not in response.cookies


def test_a_link_cannot_change_the_theme(rf: RequestFactory) -> None:
    assert choose_theme(rf.get("/dashboard/_theme", {"theme": "dark"})).status_code == 405
