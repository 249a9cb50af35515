"""Finding passages: the question, its words, its vector, and both searches put together."""
