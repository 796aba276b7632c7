"""Small repositories that really fail, and the edits that really repair them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.sandbox import hostile

_WORKFLOW = """\
name: CI
on:
  push:
    branches: [main]
  pull_request:
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - name: Unit tests
        run: python3 -m unittest discover -v
"""

_PRICES = '''\
"""What a basket costs."""


def total(prices: list[int], voucher: int = 0) -> int:
    """The sum in cents, less the voucher, never below zero."""
    return max(0, sum(prices) - voucher)
'''

_PRICES_BROKEN = _PRICES.replace("max(0, sum(prices) - voucher)", "sum(prices) - voucher")

_TESTS = """\
import unittest

from prices import total


class TotalTest(unittest.TestCase):
    def test_sums_up(self):
        self.assertEqual(total([250, 199]), 449)

    def test_voucher_never_pays_out(self):
        self.assertEqual(total([250], voucher=500), 0)


if __name__ == "__main__":
    unittest.main()
"""


@dataclass(frozen=True, slots=True)
class Story:
    """A repository, a change that breaks it, the command that repairs a checkout, and the end.

    `breaks` is pushed to the default branch before. `outcomes` are those of the bot's runs, one
    for each failed run that it is told of, for each of the comments that a person `says`, or for
    each of the `triggers` that a schedule names. `branch` and `author` are the pull request's.
    `is_hostile` says that the log holds `hostile.ATTACKS`.
    """

    title: str
    files: Mapping[str, str]
    change: Mapping[str, str]
    repair: tuple[str, ...]
    outcomes: tuple[str, ...] = ("fixed",)
    breaks: Mapping[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    branch: str = "feature"
    author: str = "alice"
    is_hostile: bool = False


_EDITS = """\
import pathlib, sys
path, *edits = sys.argv[1:]
file = pathlib.Path(path)
text = file.read_text()
for old, new in zip(edits[::2], edits[1::2]):
    if old in text:
        file.write_text(text.replace(old, new))
        break
"""


def _edits(path: str, *edits: str) -> tuple[str, ...]:
    """Replace the first of the pairs old, new whose old text is there: one edit for each turn."""
    return (sys.executable, "-c", _EDITS, path, *edits)


_FILES = {
    ".github/workflows/ci.yml": _WORKFLOW,
    "prices.py": _PRICES,
    "test_prices.py": _TESTS,
    "README.md": "# Widgets\n",
}
_RIGHT = "return max(0, sum(prices) - voucher)"
_WRONG = "return sum(prices) - voucher"
_HALF = "return max(0, sum(prices[:1]) - voucher)"

FAILING_TEST = Story(
    title="Take vouchers off the total",
    files=_FILES,
    change={"prices.py": _PRICES_BROKEN},
    repair=_edits("prices.py", _WRONG, _RIGHT),
)

RED_THEN_GREEN = Story(
    title="Take vouchers off the total",
    files=_FILES,
    change={"prices.py": _PRICES_BROKEN},
    repair=_edits("prices.py", _WRONG, _HALF, _HALF, _RIGHT),
)

_WEATHER = """\
          if [ "$GITHUB_RUN_ATTEMPT" = 1 ]; then
            echo "fatal: unable to access 'https://github.com/acme/prices.git/':" \\
              "Could not resolve host: github.com"
            exit 128
          fi
"""

FLAKY = Story(
    title="Fetch the base prices first",
    files=_FILES,
    change={
        ".github/workflows/ci.yml": _WORKFLOW.replace(
            "      - name: Unit tests\n",
            f"      - name: Fetch the prices\n        run: |\n{_WEATHER}      - name: Unit tests\n",
        )
    },
    repair=("false",),
    outcomes=("skipped/rerunning", "skipped/flaky"),
)

BASE_RED = Story(
    title="Reword the introduction",
    files=_FILES,
    change={"README.md": "# All our widgets\n"},
    repair=("false",),
    outcomes=("skipped/base-red",),
    breaks={"prices.py": _PRICES_BROKEN},
)

_CHEATS = """\
import pathlib, sys
tests, code = pathlib.Path("test_prices.py"), pathlib.Path("prices.py")
skip, test, wrong, right = sys.argv[1:]
text = tests.read_text()
if skip in text:
    tests.write_text(text.replace(skip, ""))
    code.write_text(code.read_text().replace(wrong, right))
else:
    tests.write_text(text.replace(test, skip + test))
"""
_SKIP = '    @unittest.skip("fails on CI")\n'
_TEST = "    def test_voucher_never_pays_out"

CHEATING = Story(
    title="Take vouchers off the total",
    files=_FILES,
    change={"prices.py": _PRICES_BROKEN},
    repair=(sys.executable, "-c", _CHEATS, _SKIP, _TEST, _WRONG, _RIGHT),
)

COMMENT = Story(
    title="Take vouchers off the total",
    files=_FILES,
    change={"prices.py": _PRICES_BROKEN},
    repair=_edits("prices.py", _WRONG, _RIGHT),
    outcomes=("skipped/unknown-command", "fixed", "answered"),
    says=(
        "Can somebody look at this?\n\n/coder fixx",
        "/coder fix A voucher may be worth more than the basket,\nand then nothing is paid.",
        "/coder status",
    ),
)

_ROUNDING = '''\
"""Prices as whole cents."""


def cents(text: str) -> int:
    """From a text such as `2.50`."""
    return round(float(text) * 100)
'''

_PRICES_OF_TEXTS = '''\
"""What a basket costs."""

from rounding import cents


def total(prices: list[str]) -> int:
    """The sum in cents."""
    return sum(cents(price) for price in prices)
'''

_TESTS_OF_TEXTS = """\
import unittest

from prices import total


class TotalTest(unittest.TestCase):
    def test_sums_up(self):
        self.assertEqual(total(["2.50", "1.99"]), 449)


if __name__ == "__main__":
    unittest.main()
"""

UPGRADE = Story(
    title="Bump rounding from 1.4.0 to 2.0.0",
    files=_FILES
    | {
        "prices.py": _PRICES_OF_TEXTS,
        "test_prices.py": _TESTS_OF_TEXTS,
        "rounding.py": _ROUNDING,
        "requirements.txt": "rounding==1.4.0\n",
    },
    change={
        "requirements.txt": "rounding==2.0.0\n",
        "rounding.py": _ROUNDING.replace("def cents", "def to_cents"),
    },
    repair=_edits("prices.py", "import cents", "import to_cents as cents"),
    outcomes=("pending", "fixed"),
    triggers=("upgrade", "reconcile"),
    branch="dependabot/pip/rounding-2.0.0",
    author="dependabot[bot]",
)

_TESTS_WITH_A_NOTE = _TESTS.replace(
    "from prices import total", "from prices import total\nfrom supplier import NOTE"
).replace("voucher=500), 0)", "voucher=500), 0, NOTE)")

HOSTILE_LOG = Story(
    title="Take vouchers off the total <!-- sorb --> @alice ![ok](https://evil.example/sorb)",
    files=_FILES,
    change={
        "prices.py": _PRICES_BROKEN,
        "supplier.py": f"NOTE = {hostile.printed()!a}\n",
        "test_prices.py": _TESTS_WITH_A_NOTE,
    },
    repair=_edits("prices.py", _WRONG, _RIGHT),
    branch="feature;`id`$(id)<sorb>",
    is_hostile=True,
)

STORIES = {
    "failing-test": FAILING_TEST,
    "red-then-green": RED_THEN_GREEN,
    "flaky": FLAKY,
    "base-red": BASE_RED,
    "cheating": CHEATING,
    "comment": COMMENT,
    "hostile-log": HOSTILE_LOG,
    "upgrade": UPGRADE,
}
