"""What Twilio tells us: texts that came in, and what became of those that went out."""
