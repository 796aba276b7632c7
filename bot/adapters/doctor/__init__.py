"""Reads the facts of a diagnosis. Nothing here writes: GET requests and one GraphQL query."""

from bot.adapters.doctor.coder_facts import CoderReader
from bot.adapters.doctor.github_facts import GitHubReader, GitHubTarget
from bot.adapters.doctor.github_policy import policy_texts
from bot.adapters.doctor.machine import read_machine

__all__ = ["CoderReader", "GitHubReader", "GitHubTarget", "policy_texts", "read_machine"]
