"""The machine's faces of this room: Vapi's webhooks, live-call tools, and the REST endpoints."""
