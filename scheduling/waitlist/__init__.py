"""Those who wait for a time: who is asked when one becomes free, what they answer, and what that brought."""
