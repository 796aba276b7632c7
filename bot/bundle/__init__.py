"""What a run leaves behind so that it can be told again: facts, decisions and prompts, redacted.

`recording` listens while a run goes on, `document` is the file, `replay` decides again from it.
Whoever replays imports nothing that could reach a network.
"""
