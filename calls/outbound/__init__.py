"""Calls that go out: one wish is one call, whatever happens on the way. See docs/decisions/0013-calls-that-go-out.md.

`calls.outbound.placing.place_call` is the only way to have somebody called.

Non-goals: nothing here makes or mends an assistant, and nothing calls twice because an answer was lost.
"""
