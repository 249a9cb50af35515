"""Phone numbers: search what is for sale, buy, list, change, move and release."""

from itertools import islice

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.forms import is_web_address
from sandbox.json_types import JsonObject
from sandbox.twilio import accounts, inventory, numbers
from sandbox.twilio.access import Visit, enter, enter_with_form
from sandbox.twilio.errors import bad_request, not_found
from sandbox.twilio.identifiers import ADDRESS_SID
from sandbox.twilio.listing import listing

TYPES = ("Local", "Mobile", "TollFree", "National", "Voip", "SharedCost", "MachineToMachine")
ADDRESSES = tuple(name for name in numbers.WRITABLE if name.endswith("Url") or name == "StatusCallback")
MAX_OFFERS = 1000
ABILITIES = {"voice": "VoiceEnabled", "SMS": "SmsEnabled", "MMS": "MmsEnabled", "fax": "FaxEnabled"}


async def available(request: Request) -> JSONResponse:
    """List what is for sale. A country that sells nothing of the kind answers 404, a search without luck an empty
    list."""
    visit, query = enter(request), request.query_params
    country, kind = request.path_params["country"], request.path_params["type"]
    if country not in inventory.COUNTRIES or kind not in TYPES:
        raise not_found(visit.path)
    area = query.get("AreaCode", "")
    if area and not (area.isdecimal() and len(area) == 3):
        raise bad_request(21451, area)
    found = inventory.offers(country, kind, area_code=area, contains=query.get("Contains", ""))
    place = {name: query[name].casefold() for name in ("InLocality", "InRegion") if query.get(name)}
    free = (offer for offer in found if _is_in(offer, place) and not numbers.holders(visit.resources, offer[1]))
    able = [name for name, asked in ABILITIES.items() if query.get(asked, "").lower() == "true"]
    free = (offer for offer in free if all(inventory.capabilities(offer[0])[name] for name in able))
    wanted = min(int(query.get("PageSize", "50") or 50), MAX_OFFERS)
    offers = [inventory.shown(offer) for offer in islice(free, wanted)]
    return JSONResponse({"available_phone_numbers": offers, "uri": visit.path, "next_page_uri": None})


async def index(request: Request) -> JSONResponse:
    """List the account's numbers. To ask for a number that is nobody's makes it the account's."""
    visit, query = enter(request), request.query_params
    asked = query.get("PhoneNumber", "").replace(" ", "+")
    if asked:
        owned = numbers.name_number(visit.resources, visit.sid, asked)
        found = [owned] if owned else []
    else:
        found = numbers.owned_by(visit.resources, visit.sid)
    if name := query.get("FriendlyName"):
        found = [item for item in found if item["friendly_name"] == name]
    return listing(request, "incoming_phone_numbers", found, numbers.shown)


async def create(request: Request) -> JSONResponse:
    """Buy a number, named or any of an area code: 201."""
    visit, form = await enter_with_form(request)
    number, area = form.get("PhoneNumber", ""), form.get("AreaCode", "")
    if bool(number) == bool(area):
        raise bad_request(21421, number) if number else bad_request(20001)
    _check_addresses(form)
    address = form.get("AddressSid", "")
    if address and not ADDRESS_SID.fullmatch(address):
        raise bad_request(20001)
    number = number or numbers.pick_number(visit.resources, area)
    bought = numbers.buy(visit.resources, visit.sid, number, address_sid=address)
    return JSONResponse(numbers.shown(numbers.change(visit.resources, bought, form)), status_code=201)


async def show(request: Request) -> JSONResponse:
    """Return one number."""
    visit = enter(request)
    return JSONResponse(numbers.shown(_access(visit, request)))


async def update(request: Request) -> JSONResponse:
    """Set a number's webhooks and name, or move it to another account of the family."""
    visit, form = await enter_with_form(request)
    owned = _access(visit, request)
    _check_addresses(form)
    if (target := form.get("AccountSid")) and target != visit.sid:
        _check_move(visit, target)
        owned = numbers.move(visit.resources, owned, target)
    return JSONResponse(numbers.shown(numbers.change(visit.resources, owned, form)))


async def destroy(request: Request) -> Response:
    """Release a number: 204."""
    visit = enter(request)
    numbers.release(visit.resources, _access(visit, request))
    return Response(status_code=204)


def number_routes() -> list[Route]:
    """Return the routes of numbers."""
    return [
        Route("/Accounts/{account}/AvailablePhoneNumbers/{country}/{type}.json", available, methods=["GET"]),
        Route("/Accounts/{account}/IncomingPhoneNumbers.json", index, methods=["GET"]),
        Route("/Accounts/{account}/IncomingPhoneNumbers.json", create, methods=["POST"]),
        Route("/Accounts/{account}/IncomingPhoneNumbers/{sid}.json", show, methods=["GET"]),
        Route("/Accounts/{account}/IncomingPhoneNumbers/{sid}.json", update, methods=["POST"]),
        Route("/Accounts/{account}/IncomingPhoneNumbers/{sid}.json", destroy, methods=["DELETE"]),
    ]


def _access(visit: Visit, request: Request) -> JsonObject:
    owned = visit.resources.find(numbers.KIND, request.path_params["sid"], owner=visit.sid)
    if owned is None:
        raise not_found(visit.path)
    return owned


def _is_in(offer: tuple[inventory.Range, str], place: dict[str, str]) -> bool:
    source = offer[0]
    actual = {"InLocality": source.locality.casefold(), "InRegion": source.region.casefold()}
    return all(actual[name] == value for name, value in place.items())


def _check_addresses(form: dict[str, str]) -> None:
    for name in ADDRESSES:
        if form.get(name) and not is_web_address(form[name]):
            raise bad_request(21402, form[name])


def _check_move(visit: Visit, target_sid: str) -> None:
    if visit.caller["owner_account_sid"] != visit.caller["id"]:
        raise bad_request(21474)
    target = accounts.find_account(visit.resources, target_sid)
    if target is None:
        raise bad_request(21470, target_sid)
    if target["owner_account_sid"] != visit.caller["id"]:
        raise bad_request(21473, f"{visit.sid}, {target_sid}")
