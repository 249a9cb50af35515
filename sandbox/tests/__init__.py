"""Tests of the sandbox: a real server, real HTTP, nothing of the product."""
