"""Google's OAuth 2.0, userinfo and Calendar v3."""
