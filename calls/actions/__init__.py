"""What staff do with a finished call: text its caller, take its transcript along, remind of the visit it made."""
