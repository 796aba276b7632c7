"""Reads the facts of a diagnosis: GET requests and one GraphQL query.

A GitHub App's token must be made, can only read, and is revoked; nothing else here writes.
"""

from bot.adapters.doctor.coder_facts import CoderReader
from bot.adapters.doctor.github_facts import GitHubReader
from bot.adapters.doctor.github_policy import policy_texts
from bot.adapters.doctor.machine import read_machine
from bot.adapters.doctor.target import Bearing, GitHubTarget, aim

__all__ = [
    "Bearing",
    "CoderReader",
    "GitHubReader",
    "GitHubTarget",
    "aim",
    "policy_texts",
    "read_machine",
]
