"""`/coder` in comments: text → commands. Pure."""

from bot.triggers.coder_commands.grammar import MAX_COMMANDS, parse

__all__ = ["MAX_COMMANDS", "parse"]
