"""The loop: observe → decide → act. `wait: none` only differs in what happens on a wait."""

from __future__ import annotations

from bot.engine.brief import Brief
from bot.engine.command_requests import CommandRequests
from bot.engine.desk import Desk
from bot.engine.loop import Engine
from bot.engine.messenger import Messenger
from bot.engine.sweep import Sweep
from bot.engine.upgrades import Upgrades

__all__ = ["Brief", "CommandRequests", "Desk", "Engine", "Messenger", "Sweep", "Upgrades"]
