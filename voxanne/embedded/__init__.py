"""PostgreSQL and Redis out of wheels, and the supervisor behind `bin/up`: for one-command development and tests."""
