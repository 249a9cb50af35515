"""A running installation of ours, as Vapi sees it."""
