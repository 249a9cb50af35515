"""The agents' faces for machines: settings, versions and publishing, and an agent's own Twilio account."""
