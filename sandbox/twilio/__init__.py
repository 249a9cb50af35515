"""Twilio's HTTP API of 2010-04-01: accounts, numbers, caller IDs, messages and calls, with signed callbacks."""
