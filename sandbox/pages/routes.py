"""Where the pages live."""

from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox.pages import actions, diaries, lines, views
from sandbox.pages.rendering import HOME


def page_routes() -> list[Route | Mount]:
    """Return the routes of the page, its forms and its static files."""
    return [
        Route("/", views.calls),
        Route("/calls/{call_id}", views.call_detail),
        Route("/assistants", views.assistants),
        Route("/tools", views.tools),
        Route("/emails", views.emails),
        Route("/emails/{email_id}", views.email_detail),
        Route("/emails/{email_id}/body", views.email_body),
        Route("/messages", lines.messages, methods=["GET"]),
        Route("/messages", lines.send_message, methods=["POST"]),
        Route("/numbers", lines.numbers),
        Route("/numbers/dial", lines.dial, methods=["POST"]),
        Route("/oauth", diaries.grants),
        Route("/oauth/revoke", diaries.take_back, methods=["POST"]),
        Route("/calendar", diaries.events, methods=["GET"]),
        Route("/calendar", diaries.add, methods=["POST"]),
        Route("/calendar/remove", diaries.remove, methods=["POST"]),
        Route("/requests", views.requests),
        Route("/faults", views.faults),
        Route("/rules", views.rules),
        Route("/place-call", actions.place_call, methods=["POST"]),
        Route("/faults/{provider}", actions.set_fault, methods=["POST"]),
        Route("/faults/{provider}/remove", actions.remove_fault, methods=["POST"]),
        Route("/reset", actions.reset, methods=["POST"]),
        Mount("/static", StaticFiles(directory=HOME / "static")),
    ]
