"""Asking Vapi for what it never told: calls whose report was lost, and calls that nobody heard of.

What is found goes through the inbox like everything that Vapi says, so that a report that comes after all changes
nothing that is not better. See docs/decisions/0028.
"""
