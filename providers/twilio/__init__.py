"""Twilio: accounts, numbers, caller IDs and messages."""
