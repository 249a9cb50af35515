"""The sound of calls: fetched from Vapi, kept encrypted, listened to, shared by a link, deleted in time."""
