"""Vapi: the voice platform that hears, thinks and speaks for our agents."""
