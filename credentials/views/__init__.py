"""The integrations page, and the way to a calendar's provider and back."""
