"""What callers asked and nothing written answered: noted after the call, grouped, answered or dismissed."""
