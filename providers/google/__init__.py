"""Google: consent, tokens and the calendar."""
