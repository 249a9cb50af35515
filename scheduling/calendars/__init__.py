"""The clinic's own calendars: read into a mirror that booking obeys, and written to."""
