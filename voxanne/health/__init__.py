"""Is it alive, is it ready, and who wrote the last heartbeat."""
