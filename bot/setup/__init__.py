"""The judgement of `coder-fix setup`: what a Coder has and what is wanted in, steps to take out."""

from bot.setup.facts import (
    Facts,
    Import,
    Member,
    Rights,
    Server,
    StandingTemplate,
    StandingToken,
    VersionFacts,
)
from bot.setup.plan import identity_for, kind_for, plan
from bot.setup.steps import Step
from bot.setup.wishes import Identity, Push, Wishes, is_ours

__all__ = [
    "Facts",
    "Identity",
    "Import",
    "Member",
    "Push",
    "Rights",
    "Server",
    "StandingTemplate",
    "StandingToken",
    "Step",
    "VersionFacts",
    "Wishes",
    "identity_for",
    "is_ours",
    "kind_for",
    "plan",
]
