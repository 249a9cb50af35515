"""What the clinic has written down, cut into passages, and what of it answers a caller's question."""
