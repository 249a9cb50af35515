"""Clients of the providers, one folder each. They know no domain."""
