"""What the one prompt builder (`agents.prompts`) is made of: fixed rules, cleaned texts, words for languages."""
