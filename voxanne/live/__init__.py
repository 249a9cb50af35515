"""Telling open dashboards that something changed: ids over a Redis stream per organisation, never patient data."""

from voxanne.live.publish import publish_on_commit

__all__ = ["publish_on_commit"]
