"""Once a call has ended: who it was, what it came to, and what to do next. One step a module."""

from calls.after_call.callers import link_caller
from calls.after_call.finishing import finish_call

__all__ = ["finish_call", "link_caller"]
