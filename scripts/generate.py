"""Write what follows from the code: action.yml, examples, the policy file's schema, tables.

    python scripts/generate.py          rewrite the files
    python scripts/generate.py --check  exit 1 and name what is out of date

One source each: `bot.settings.Settings` for inputs, `bot.report.outputs` for outputs,
`bot.outcomes` for the words, `bot.decide.ROWS` for the decision table.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from enum import Enum
from functools import partial
from pathlib import Path
from typing import get_args

from pydantic.fields import FieldInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.commands.report_words import NUMBERS
from bot.decide import ROWS
from bot.inputs import default_text, input_name, variables
from bot.outcomes import ErrorKind, OutcomeKind, SkipReason
from bot.policy_file.keys import WITHHELD
from bot.policy_file.model import keys
from bot.policy_file.schema import SCHEMA_PATH, schema
from bot.report.catalog import MEANINGS, OUTPUTS
from bot.report.outputs import OUTPUT_NAMES
from bot.report.words import SKIPPED
from bot.scaffold import examples
from bot.settings import Settings
from scripts.limits import BOUNDS, limits_table

FROM_CONTEXT = {
    "github-token": ("${{ github.token }}", "the job's token"),
    # github.com has it, Enterprise Server not: there it is empty.
    "check-run-id": ("${{ job.check_run_id }}", "the job's own"),
}
"""Defaults that a runner fills in: as action.yml has them, and as the pages call them."""

ROOT = Path(__file__).resolve().parent.parent


def inputs() -> Iterable[tuple[str, FieldInfo]]:
    """Name and field of each input."""
    return ((input_name(name), info) for name, info in Settings.model_fields.items())


def values_text(info: FieldInfo) -> str:
    """The closed list of values, where there is one."""
    kind = info.annotation
    if type(None) in get_args(kind):
        kind = next(arg for arg in get_args(kind) if arg is not type(None))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " · ".join(f"`{member.value}`" for member in kind)
    literals = [arg for arg in get_args(kind) if isinstance(arg, str)]
    if literals:
        return " · ".join(f"`{value}`" for value in literals)
    return "`true` · `false`" if kind is bool else ""


def action_yml() -> str:
    """The whole file."""
    lines = [
        "# Written by scripts/generate.py from bot/settings.py and bot/report/outputs.py.",
        "name: coder-fix",
        "description: Repairs red CI with agents in Coder, and says at which commit it is green.",
        "author: coder-fix",
        "branding:",
        "  icon: tool",
        "  color: green",
        "inputs:",
    ]
    for name, info in inputs():
        default = FROM_CONTEXT[name][0] if name in FROM_CONTEXT else default_text(info)
        text = info.description or ""
        if name in keys():
            # Empty: a runner does not tell a default from a given value, and a policy file
            # goes before the one, but not before the other.
            text, default = f"{text} Default: {default}." if default else text, ""
        lines += [
            f"  {name}:",
            f"    description: {_yaml(text)}",
            "    required: false",
            f"    default: {_yaml(default)}",
        ]
    lines.append("outputs:")
    for name in OUTPUT_NAMES:
        lines += [f"  {name}:", f"    description: {_yaml(OUTPUTS[name])}"]
    lines += ["runs:", "  using: docker", "  image: Dockerfile"]
    return "\n".join(lines) + "\n"


def _yaml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def inputs_table() -> str:
    """docs: every input."""
    rows = []
    for name, info in inputs():
        default = FROM_CONTEXT[name][1] if name in FROM_CONTEXT else default_text(info)
        text = (info.description or "").rstrip(".").replace("|", "\\|")
        other = ", ".join(f"`{v}`" for v in variables(name.replace("-", "_"))[2:])
        rows.append(
            (f"`{name}`", f"`{default}`" if default else "", text, values_text(info), other)
        )
    head = ("Input", "Default", "What it does", "Values", "Also read from")
    return _table(head, rows)


def withheld_table() -> str:
    """docs: what a policy file may not set."""
    why: dict[str, list[str]] = {}
    for name, reason in WITHHELD.items():
        why.setdefault(reason, []).append(f"`{input_name(name)}`")
    rows = ((", ".join(names), reason) for reason, names in why.items())
    return _table(("Not in a policy file", "Because"), rows)


def outputs_table() -> str:
    """docs: every output."""
    return _table(
        ("Output", "What it holds"), ((f"`{n}`", OUTPUTS[n].rstrip(".")) for n in OUTPUT_NAMES)
    )


def outcomes_table() -> str:
    """docs: the words of `outcome`."""
    rows = ((f"`{kind.value}`", MEANINGS[kind]) for kind in OutcomeKind)
    return _table(("`outcome`", "Meaning"), rows)


def skips_table() -> str:
    """docs: the words of `skip-reason`."""
    return _table(
        ("`skip-reason`", "Meaning"), ((f"`{r.value}`", SKIPPED[r][0]) for r in SkipReason)
    )


def numbers_table() -> str:
    """docs/numbers.md: what `coder-fix report` counts."""
    return _table(("Number", "Meaning"), NUMBERS.items())


def errors_text() -> str:
    """docs: the words of `error-kind`."""
    return ", ".join(f"`{kind.value}`" for kind in ErrorKind)


def decisions_table() -> str:
    """Docs and bot/README.md: the rows, first fit wins."""
    rows = (
        (str(i), f"`{r.name}`", r.about.value or "both", r.when, r.then)
        for i, r in enumerate(ROWS, 1)
    )
    return _table(("#", "Row", "For", "When", "Then"), rows)


BLOCKS: dict[str, dict[str, Callable[[], str]]] = {
    "docs/inputs-and-outputs.md": {
        "inputs": inputs_table,
        "outputs": outputs_table,
        "outcomes": outcomes_table,
        "skips": skips_table,
        "errors": errors_text,
    },
    "docs/numbers.md": {"numbers": numbers_table},
    "docs/policy-file.md": {"withheld": withheld_table},
    "docs/limits.md": {f"limits-{part}": partial(limits_table, part) for part in BOUNDS},
    "docs/decisions.md": {"decisions": decisions_table},
    "bot/README.md": {"decisions": decisions_table},
}
"""File → the parts of it that are written here."""


def generated() -> dict[str, str]:
    """Path → what it should hold."""
    files = {"action.yml": action_yml(), SCHEMA_PATH: schema()}
    files |= {f".github/examples/{name}": text for name, text in examples().items()}
    for path, blocks in BLOCKS.items():
        text = (ROOT / path).read_text(encoding="utf-8")
        for name, make in blocks.items():
            begin, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
            pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
            found = pattern.search(text)
            if found is None:
                raise SystemExit(f"{path} has no block {begin}")
            block = f"{begin}\n{make()}\n{end}"
            text = text[: found.start()] + block + text[found.end() :]
        files[path] = text
    return files


def main(argv: list[str]) -> int:
    """Write, or check."""
    stale = []
    for path, text in generated().items():
        file = ROOT / path
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if "--check" not in argv:
            file.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{path} {'is out of date' if '--check' in argv else 'written'}")
    return 1 if stale and "--check" in argv else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
