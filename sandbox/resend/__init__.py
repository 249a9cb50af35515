"""Resend's HTTP API: emails are accepted and kept, never sent."""
