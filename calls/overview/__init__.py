"""What a clinic's owner sees first: how the phone did, what happened last, and what needs somebody."""
