"""ElevenLabs' HTTP API: the account, its voices, and speech that is silence."""
