"""Resend: sending domains and email."""
