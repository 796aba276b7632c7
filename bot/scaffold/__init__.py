"""The files by which a repository uses coder-fix: answers in, texts out. Pure.

`.github/examples/` is written from the same texts, by `scripts/generate.py`.
"""

from bot.scaffold.answers import APP_ID_VARIABLE, DEFAULT_DOORS, Acting, Answers, Door
from bot.scaffold.files import Change, example, examples, plan
from bot.scaffold.guide import steps
from bot.scaffold.known import Known

__all__ = [
    "APP_ID_VARIABLE",
    "DEFAULT_DOORS",
    "Acting",
    "Answers",
    "Change",
    "Door",
    "Known",
    "example",
    "examples",
    "plan",
    "steps",
]
