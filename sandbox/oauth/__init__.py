"""What Google's and Microsoft's sign-in have in common: consent, codes, tokens, revocation."""
