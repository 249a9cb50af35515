"""The diary's pages."""
