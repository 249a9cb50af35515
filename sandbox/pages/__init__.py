"""The sandbox's own web page: what was received and sent, and forms to make things happen."""
