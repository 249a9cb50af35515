"""What Google's and Microsoft's calendars have in common: events by account and calendar, changes in order."""
