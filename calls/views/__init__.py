"""The call pages. The same address serves the page and its live fragment."""
