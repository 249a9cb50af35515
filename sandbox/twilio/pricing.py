"""What numbers cost a month: made-up prices in the form of `pricing.twilio.com`."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.twilio.access import require_caller
from sandbox.twilio.errors import not_found

NAMES = {"US": "United States", "CA": "Canada", "GB": "United Kingdom", "IE": "Ireland", "AU": "Australia"}
PRICES = {
    "US": {"local": "1.15", "toll free": "2.15"},
    "CA": {"local": "1.15"},
    "GB": {"local": "1.15", "mobile": "1.15", "toll free": "2.15"},
    "IE": {"local": "1.50"},
    "AU": {"local": "3.00", "mobile": "6.50"},
}


async def of_country(request: Request) -> JSONResponse:
    """Return the prices of one country; 404 where nothing is sold."""
    require_caller(request)
    country = str(request.path_params["country"]).upper()
    if country not in PRICES:
        raise not_found(request.url.path.removeprefix("/twilio"))
    prices = [
        {"number_type": kind, "base_price": price, "current_price": price} for kind, price in PRICES[country].items()
    ]
    return JSONResponse(
        {
            "country": NAMES[country],
            "iso_country": country,
            "phone_number_prices": prices,
            "price_unit": "USD",
            "url": f"https://pricing.twilio.com/v1/PhoneNumbers/Countries/{country}",
        }
    )


def pricing_routes() -> list[Route]:
    """Return the routes of prices."""
    return [Route("/PhoneNumbers/Countries/{country}", of_country, methods=["GET"])]
