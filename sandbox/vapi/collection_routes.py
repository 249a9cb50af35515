"""Create, list, get, update and delete: the same five verbs for every collection."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.json_types import JsonObject
from sandbox.state import sandbox_of
from sandbox.vapi.access import read_body, require_organisation
from sandbox.vapi.carriers import check_number, take_webhooks
from sandbox.vapi.collections import COLLECTIONS, Collection
from sandbox.vapi.errors import not_found
from sandbox.vapi.listing import paged, read_page, read_selection

SECRETS = frozenset({"token", "secretKey", "clientSecret"})
CARRIER_SECRETS = frozenset({"authToken", "apiKey", "apiSecret", "twilioAuthToken", "twilioApiKey", "twilioApiSecret"})


class CollectionRoutes:
    """HTTP handlers of one collection."""

    def __init__(self, collection: Collection) -> None:
        """Serve this collection."""
        self._collection = collection

    def routes(self) -> list[Route]:
        """Return the collection's routes."""
        path = f"/{self._collection.path}"
        return [
            Route(path, self.create, methods=["POST"]),
            Route(path, self.index, methods=["GET"]),
            Route(f"{path}/{{identity}}", self.show, methods=["GET"]),
            Route(f"{path}/{{identity}}", self.update, methods=["PATCH"]),
            Route(f"{path}/{{identity}}", self.destroy, methods=["DELETE"]),
        ]

    async def create(self, request: Request) -> JSONResponse:
        """Store a new resource: 201."""
        owner = require_organisation(request)
        sandbox = sandbox_of(request)
        body = {key: value for key, value in (await read_body(request)).items() if value is not None}
        self._collection.check_new(body)
        self._collection.check_references(body, sandbox.resources, owner)
        check_number(body, sandbox.resources)
        document = {"orgId": owner, **self._collection.defaults(body), **body}
        stored = sandbox.resources.insert(self._collection.path, owner, document)
        take_webhooks(stored, sandbox.resources, base_url=sandbox.base_url)
        return JSONResponse(presented(stored), status_code=201)

    async def index(self, request: Request) -> JSONResponse:
        """List the organisation's resources, newest first."""
        owner = require_organisation(request)
        resources, kind = sandbox_of(request).resources, self._collection.path
        if not self._collection.paged:
            found = resources.select(kind, read_selection(request), owner=owner)
            return JSONResponse([presented(item) for item in found])
        page, selection = read_page(request)
        results = [presented(item) for item in resources.select(kind, selection, owner=owner)]
        total = resources.count(kind, owner=owner)
        return JSONResponse(paged(results, page=page, limit=selection.limit, total=total))

    async def show(self, request: Request) -> JSONResponse:
        """Return one resource."""
        stored, _ = self._access(request)
        return JSONResponse(presented(stored))

    async def update(self, request: Request) -> JSONResponse:
        """Replace whole top-level properties; a null removes one. Nothing is merged any deeper, as at Vapi."""
        stored, owner = self._access(request)
        sandbox = sandbox_of(request)
        change = await read_body(request)
        self._collection.check_change(stored, change)
        self._collection.check_references(change, sandbox.resources, owner)
        merged = {key: value for key, value in {**stored, **change}.items() if value is not None}
        check_number(merged, sandbox.resources, own_id=merged["id"])
        changed = sandbox.resources.replace(self._collection.path, merged)
        take_webhooks(changed, sandbox.resources, base_url=sandbox.base_url)
        return JSONResponse(presented(changed))

    async def destroy(self, request: Request) -> JSONResponse:
        """Remove one resource and return it as it was."""
        stored, _ = self._access(request)
        sandbox_of(request).resources.delete(self._collection.path, stored["id"])
        return JSONResponse(presented(stored))

    def _access(self, request: Request) -> tuple[JsonObject, str]:
        owner = require_organisation(request)
        identity = request.path_params["identity"]
        stored = sandbox_of(request).resources.find(self._collection.path, identity, owner=owner)
        if stored is None:
            raise not_found(self._collection.title, identity)
        return stored, owner


def presented(stored: JsonObject) -> JsonObject:
    """Return a resource as the API shows it: the secrets of an authentication plan or of a carrier never leave."""
    shown = {key: value for key, value in stored.items() if key not in CARRIER_SECRETS}
    plan = stored.get("authenticationPlan")
    if not isinstance(plan, dict):
        return shown
    return {**shown, "authenticationPlan": {key: value for key, value in plan.items() if key not in SECRETS}}


def collection_routes() -> list[Route]:
    """Return the routes of every collection."""
    return [route for collection in COLLECTIONS.values() for route in CollectionRoutes(collection).routes()]
