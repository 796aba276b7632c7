"""The only place with I/O: GitHub, Coder, the runner, time."""
