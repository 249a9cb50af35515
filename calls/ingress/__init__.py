"""The door that Vapi's messages come in by: parse, resolve, verify, store, answer, in that order."""
