"""Calls: what Vapi reports, what the assistant asks during a call, and what stands on the dashboard afterwards."""
