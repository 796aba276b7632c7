"""The loop: observe → decide → act. `wait: none` only differs in what happens on a wait."""

from __future__ import annotations

from bot.engine.brief import Brief
from bot.engine.desk import Desk
from bot.engine.loop import Engine
from bot.engine.messenger import Messenger
from bot.engine.rescue import Rescue
from bot.engine.sweep import Sweep

__all__ = ["Brief", "Desk", "Engine", "Messenger", "Rescue", "Sweep"]
