"""Documents read into blocks, by a process of its own that can do nothing else.

`running.extract` starts it and listens; `child` is what it runs; one module a format. Nothing here but `running` may
import Django or any other room: the child starts fast and holds no secret.
"""
