"""ElevenLabs: whose key it is."""
