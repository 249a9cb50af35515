"""What integrators see of this room."""
