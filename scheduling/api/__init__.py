"""`/api/appointments`."""
