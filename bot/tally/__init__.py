"""How repairs ended, counted from what they left on GitHub. Pure.

`traces` is what was read of a repository, `repairs` finds the repairs in it, `count` adds them up,
`notes` says what the numbers cannot tell.
"""

from bot.tally.count import Counted, counted, in_all, median
from bot.tally.notes import Note, notes
from bot.tally.repairs import Findings, Place, Repair, repairs, timed
from bot.tally.traces import Gap, History, Text, Thread
from bot.tally.window import Window, window

__all__ = [
    "Counted",
    "Findings",
    "Gap",
    "History",
    "Note",
    "Place",
    "Repair",
    "Text",
    "Thread",
    "Window",
    "counted",
    "in_all",
    "median",
    "notes",
    "repairs",
    "timed",
    "window",
]
