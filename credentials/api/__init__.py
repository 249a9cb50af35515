"""The integrations API."""
