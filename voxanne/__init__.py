"""The project: settings, entry points and what every room shares."""
