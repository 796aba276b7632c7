"""How figures are printed: one table, a row for each."""

from __future__ import annotations

import sys


def row(what: str, baseline: str, reached: str, aim: str) -> None:
    """One row of the table."""
    sys.stdout.write(f"| {what} | {baseline} | {reached} | {aim} |\n")
    sys.stdout.flush()
