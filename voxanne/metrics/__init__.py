"""Figures about the running product, for Prometheus: each room defines its own beside its code.

`counter("bookings", "Bookings by result.", labels=("result",))` becomes `voxanne_bookings_total{result=…}`. A label
takes one of a few words that the code knows; never an id, a number, a name or anything that somebody sent.
See docs/decisions/0009-metrics.md.
"""

from voxanne.metrics.definitions import MINUTES, SECONDS, counter, gauge, histogram, word

__all__ = ["MINUTES", "SECONDS", "counter", "gauge", "histogram", "word"]
