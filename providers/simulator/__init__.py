"""The bundled simulator's control API, for deployments whose providers are simulated."""
