"""OpenAI: embeddings of texts."""
