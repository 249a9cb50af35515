"""The rehearsal before an agent's version goes live: scripted callers, our real tools, nothing that stays."""
