"""What the assistant can ask during a call: one registry, one module a tool, always a spoken answer."""
