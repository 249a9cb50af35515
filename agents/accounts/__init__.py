"""Which account at Vapi a clinic's assistants and numbers live in, and what is tidied up in one that it has left."""
