"""The one refusal that the caller answers with another name."""

from __future__ import annotations

from bot.errors import NameHeldError

__all__ = ["NameHeldError"]
