"""Who answers a call: Vapi asks as the telephone rings, and is told within milliseconds.

Non-goals: nothing here speaks to a provider, changes an assistant, or waits for anybody. See docs/decisions/0010.
"""
