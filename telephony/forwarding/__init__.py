"""A clinic keeps its number: proof that a line is its own, and the codes that make it pass calls to an agent."""
