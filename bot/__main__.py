"""`python -m bot`: the action itself, or a verb of the command line."""

from bot.app import console

console()
