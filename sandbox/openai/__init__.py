"""OpenAI: embeddings."""
