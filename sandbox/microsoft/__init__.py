"""Microsoft's identity platform (v2.0) and the calendar part of Graph."""
