"""Rehearsals: a scripted caller talks to an assistant that is saved nowhere, and its tools really answer."""
