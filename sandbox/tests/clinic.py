"""A tiny clinic backend: answers webhooks the way the product promises to, and remembers what it was sent."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import Any


@dataclass(frozen=True)
class Delivery:
    """One webhook as it arrived."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def message(self) -> dict[str, Any]:
        """What is inside the envelope."""
        message: dict[str, Any] = json.loads(self.raw)["message"]
        return message

    @property
    def kind(self) -> str:
        """The message's type."""
        return str(self.message["type"])


@dataclass
class Clinic:
    """What the backend answers; tests change it, then look at `deliveries`."""

    full_days: int = 0
    taken_times: int = 0
    statuses: list[int] = field(default_factory=list)
    slow_s: float = 0.0
    deliveries: list[Delivery] = field(default_factory=list)
    answer_tool: Callable[[str, dict[str, Any]], dict[str, Any]] | None = None
    answers: dict[str, Callable[[dict[str, Any]], Any]] = field(default_factory=dict)
    booked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def receive(self, delivery: Delivery) -> tuple[int, Any]:
        """Return the status and body of the answer."""
        self.deliveries.append(delivery)
        sleep(self.slow_s)
        status = self.statuses.pop(0) if self.statuses else 200
        if delivery.kind in self.answers:
            return status, self.answers[delivery.kind](delivery.message)
        return status, self._tool_answer(delivery.message) if delivery.kind == "tool-calls" else {}

    def kinds(self) -> list[str]:
        """Return the types received in order."""
        return [delivery.kind for delivery in self.deliveries]

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """Return the messages of one type in order."""
        return [delivery.message for delivery in self.deliveries if delivery.kind == kind]

    def _tool_answer(self, message: dict[str, Any]) -> dict[str, Any]:
        call = message["toolCallList"][0]
        name, arguments = call["function"]["name"], call["function"]["arguments"]
        content = (self.answer_tool or self._content)(name, arguments)
        return {
            "results": [{"toolCallId": call["id"], "name": name, "result": content["message"]}],
            "toolResult": {"content": json.dumps(content)},
            "speech": content["message"],
        }

    def _content(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if name == "bookClinicAppointment":
            return self._book(arguments)
        if self.full_days:
            self.full_days -= 1
            return {"success": True, "slots": [], "message": "We are fully booked that day."}
        slots = [_slot(arguments["date"], hour) for hour in (9, 11, 15)]
        return {"success": True, "slots": slots, "message": "I have nine, eleven or three o'clock."}

    def _book(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if self.taken_times:
            self.taken_times -= 1
            alternative = _slot(arguments["start"][:10], 16)
            return {"success": False, "code": "slot_taken", "alternatives": [alternative], "message": "Just taken."}
        self.booked.append(arguments)
        return {"success": True, "reference": "K7Q2", "start": arguments["start"], "message": "You are booked in."}


def _slot(day: str, hour: int) -> dict[str, str]:
    return {"start": f"{day}T{hour:02d}:00:00+00:00", "practitioner": "Dr Shah", "spoken": f"{hour} o'clock"}


class _Server(ThreadingHTTPServer):
    request_queue_size = 256


class ClinicServer:
    """Serves a clinic on a free port."""

    def __init__(self, clinic: Clinic) -> None:
        self._server = _Server(("127.0.0.1", 0), _handler_for(clinic))
        self._server.daemon_threads = True
        clinic.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def _handler_for(clinic: Clinic) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, body = clinic.receive(Delivery(self.path, headers, raw))
            encoded = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)

        def log_message(self, *_args: object) -> None:
            """Keep quiet."""

    return Handler
