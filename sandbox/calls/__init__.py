"""Phone calls: who says what, what Vapi tells the product about it, and how that is delivered."""
