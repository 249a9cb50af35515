"""Vapi's HTTP API: assistants, tools, structured outputs, credentials, phone numbers and calls."""
