"""What a first visit to a page costs: compressed assets stay under 100 KB (spec 80)."""

import pytest

MOST_BYTES = 100_000
MOST_RARE_BYTES = 12_000


@pytest.mark.parametrize("address", ["/dashboard", "/dashboard/calls", "/dashboard/appointments", "/accounts/login/"])
def test_the_assets_of_a_page_stay_small(person, signed_in, address):
    """The overview includes its chart. Fonts that only rare letters in names ask for have a bound of their own."""
    someone = person(session=None if "login" in address else signed_in("owner"))
    sizes: dict[str, int] = {}

    def note(request):
        if "/static/" in request.url:
            sizes[request.url.rsplit("/", 1)[-1]] = request.sizes()["responseBodySize"]

    someone.page.on("requestfinished", note)
    someone.page.goto(address)
    someone.page.wait_for_function("document.fonts.status === 'loaded'")
    if address == "/dashboard":
        someone.page.wait_for_function(
            "performance.getEntriesByType('resource').some((e) => e.name.includes('/chart-'))"
        )
    someone.page.wait_for_timeout(300)

    rare = sum(size for name, size in sizes.items() if "latin" in name)
    print(address, sum(sizes.values()) - rare, sizes)  # noqa: T201 - shown with -s
    assert len(sizes) >= 3
    assert sum(sizes.values()) - rare < MOST_BYTES, sizes
    assert rare < MOST_RARE_BYTES
