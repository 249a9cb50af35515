"""Fetching a page from a server that may mean harm."""

import gzip
import time

import pytest

from providers.webpages.client import MOST_BYTES, fetch_page
from providers.webpages.errors import PageNotFetched
from providers.webpages.tests.servers import PAGE, PUBLIC, answer, dripping, running_site

URL = "https://clinic.example/parking"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def site(served):
    """The site as it is at first: one page."""
    served.answers = {"/parking": answer()}
    served.resolved = {"clinic.example": [PUBLIC], "www.clinic.example": [PUBLIC]}
    served.asked, served.connected = [], []
    return served


def refusal_of(site, url=URL, **options) -> str:
    with pytest.raises(PageNotFetched) as refused:
        fetch_page(url, way=site.way, **options)
    return refused.value.code


def test_a_page_comes_from_the_address_that_was_vetted(site):
    page = fetch_page(URL, way=site.way)

    assert (page.content, page.charset) == (PAGE, "utf-8")
    assert (site.connected, site.asked) == ([PUBLIC], [("clinic.example", "/parking")])


def test_a_packed_page_is_unpacked_and_bounded(site):
    site.answers["/parking"] = answer(gzip.compress(PAGE), Content_Encoding="gzip")
    assert fetch_page(URL, way=site.way).content == PAGE

    site.answers["/parking"] = answer(gzip.compress(b"a" * (MOST_BYTES + 10)), Content_Encoding="gzip")
    assert refusal_of(site) == "page_too_large"


def test_a_private_address_is_refused_before_anything_connects(site):
    for addresses in (
        ["127.0.0.1"],
        ["169.254.169.254"],
        [PUBLIC, "10.0.0.7"],
        ["::ffff:10.0.0.7"],
        ["64:ff9b::a00:7"],
    ):
        site.resolved["clinic.example"] = addresses
        assert refusal_of(site) == "address_not_public", addresses
    for url in ("https://clinic.example:8443/", "https://me:pw@clinic.example/", "https://clinic.example:22/"):
        assert refusal_of(site, url) == "address_not_public", url
    for url in ("http://clinic.example/", "file:///etc/passwd", "gopher://clinic.example/"):
        assert refusal_of(site, url) == "not_secure", url
    assert site.connected == []


def test_a_redirection_goes_the_same_way(site):
    site.answers["/old"] = answer(status=301, Location="/parking")
    assert fetch_page("https://clinic.example/old", way=site.way).content == PAGE

    site.resolved["inside.example"] = ["10.0.0.7"]
    for location, code in (
        ("https://inside.example/", "address_not_public"),
        ("https://127.0.0.1/", "no_such_host"),
        ("http://clinic.example/parking", "not_secure"),
        ("https://nowhere.example/", "no_such_host"),
        ("/old", "too_many_redirects"),
    ):
        site.answers["/old"] = answer(status=302, Location=location)
        assert refusal_of(site, "https://clinic.example/old") == code, location


def test_what_is_no_page_is_refused_with_its_reason(site):
    for made, code in (
        (answer(status=404), "page_gone"),
        (answer(status=403), "page_refused"),
        (answer(status=503), "unreachable"),
        (answer(b"%PDF-1.7", Content_Type="application/pdf"), "not_html"),
        (answer(b"{}", Content_Type="application/json"), "not_html"),
        (answer(b"", Content_Length=str(1024**3)), "page_too_large"),
        (answer(b"a" * (MOST_BYTES + 1)), "page_too_large"),
        (answer(b"half", Content_Length="100"), "unreachable"),
        (answer(b"br", Content_Encoding="br"), "not_html"),
    ):
        site.answers["/parking"] = made
        assert refusal_of(site) == code, code
    assert refusal_of(site, "https://nowhere.example/") == "no_such_host"
    site.resolved["clinic.example"] = []
    assert refusal_of(site) == "no_such_host"


def test_a_certificate_of_somebody_else_is_not_accepted(site):
    site.resolved["other.example"] = [PUBLIC]

    assert refusal_of(site, "https://other.example/parking") == "unreachable"
    assert site.asked == []


def test_a_slow_drip_ends_at_the_deadline(site):
    site.answers["/parking"] = dripping(5.0)
    began = time.monotonic()

    assert refusal_of(site, deadline_s=0.4) == "page_too_slow"
    assert time.monotonic() - began < 4.0
