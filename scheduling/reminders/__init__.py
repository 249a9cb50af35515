"""Telling patients in time that they are coming, once each, and hearing what they answer."""
