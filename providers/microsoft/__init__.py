"""Microsoft: consent, tokens and the Outlook calendar."""
