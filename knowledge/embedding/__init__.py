"""Keeping every passage's vector: batches under a claim, another try later, one model after another."""
