"""The demo clinic: made through the same doors as a real one, with past calls so that no page is empty."""

from calls.demo.clinic import DEMO_EMAIL, DEMO_PASSWORD, seed_demo

__all__ = ["DEMO_EMAIL", "DEMO_PASSWORD", "seed_demo"]
