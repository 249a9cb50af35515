"""A local stand-in for the providers the product talks to. See README.md."""
