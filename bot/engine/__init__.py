"""The loop: observe → decide → act. `wait: none` only differs in what happens on a wait."""

from __future__ import annotations

from bot.engine.brief import Brief
from bot.engine.loop import Engine

__all__ = ["Brief", "Engine"]
