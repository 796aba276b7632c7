"""The runner's file commands: `NAME=VALUE` and `NAME<<END` lines."""

from __future__ import annotations

from pathlib import Path


def read_pairs(file: Path) -> dict[str, str]:
    """What a step wrote to `GITHUB_OUTPUT` or `GITHUB_ENV`. Lines of neither form are left out."""
    pairs: dict[str, str] = {}
    lines = iter(file.read_text().split("\n"))
    for line in lines:
        equals, heredoc = line.find("="), line.find("<<")
        if heredoc >= 0 and (equals < 0 or heredoc < equals):
            name, _, end = line.partition("<<")
            value = []
            for inner in lines:
                if inner == end:
                    break
                value.append(inner)
            pairs[name] = "\n".join(value)
        elif equals > 0:
            pairs[line[:equals]] = line[equals + 1 :]
    return pairs
