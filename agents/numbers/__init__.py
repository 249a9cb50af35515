"""Numbers of clinics' own Twilio accounts, as Vapi should know them: desired state, and what closes the difference."""
