"""Coder as its administrator sees it: what stands there, and the steps of setting up."""

from bot.adapters.coder_admin.acts import CoderAdmin, NewToken
from bot.adapters.coder_admin.inspection import inspect

__all__ = ["CoderAdmin", "NewToken", "inspect"]
