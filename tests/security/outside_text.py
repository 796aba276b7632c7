"""The rule for `Untrusted.raw`: who may look at outside text, and what nobody does to it.

Packages that take text apart have no way to show it. Anybody else is listed, with the reason. And
nobody, listed or not, puts it into a sentence, an exception or a line that is printed: only a call
that gives an `Untrusted` again, or renders it, may stand around such a string.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

TAKE_APART = ("adapters", "decide", "evidence", "sanitize", "tally", "triggers", "untrusted.py")
"""They read logs, comments and names, and hand on values or `Untrusted`; none writes for people."""

LOOK: Mapping[str, str] = {
    "bundle/codec.py": "written marked as what it is, and read as `Untrusted` again",
    "bundle/redacted.py": "each becomes `Untrusted` again, cleaned and redacted",
    "commands/distill.py": "a job's name finds its green log",
    "commands/distill_json.py": "each goes into `inline`, which renders",
    "commands/distill_markdown.py": "parts of a heading, rendered as one",
    "commands/distill_output.py": "each goes into `inline`, which renders; names are compared",
    "commands/distill_words.py": "names are keys; a finding becomes `Untrusted` again",
    "commands/replay_words.py": "split into lines that are `Untrusted` again; counted",
    "doctor/checks/repository.py": "a pattern is compared with our branch",
    "doctor/template_fitness.py": "names are keys; values are compared",
    "engine/allowances.py": "commands are parsed",
    "engine/background.py": "our hidden state is read",
    "engine/desk.py": "commands are parsed; a hint becomes `Untrusted` again",
    "engine/last_green.py": "names of jobs are compared",
    "engine/messenger.py": "our hidden state is replaced",
    "engine/objections.py": "an objection becomes `Untrusted` again",
    "engine/portray.py": "a key by which findings are the same",
    "engine/publish.py": "a body is compared with what it should be",
    "engine/refused.py": "known words of a refusal are searched",
    "engine/red_run.py": "our hidden state is read; a time limit is recognized",
    "engine/settle.py": "our hidden state is read; a body is compared",
    "engine/unended.py": "empty or not; a key by which findings are the same",
    "engine/command_requests.py": "a hint is there or not",
    "engine/material.py": "an upgrade becomes `Untrusted` again",
    "engine/places.py": "manifests are searched; a line about them becomes `Untrusted` again",
    "engine/upgrade_plan.py": "a title becomes `Untrusted` again",
    "policy_file/reading.py": "a policy file is parsed",
    "prompt/data.py": "split into lines that are `Untrusted` again; a key",
    "prompt/rounds.py": "split into lines that are `Untrusted` again",
    "report/blocks.py": "split into lines that are `Untrusted` again",
    "report/objections.py": "empty or not; a place becomes `Untrusted` again",
    "workflow_file.py": "a workflow file is parsed",
}

PUT_TOGETHER: Mapping[str, str] = {
    "commands/distill_markdown.py:_heading": "rendered by `to_markdown` where it is shown",
    "engine/objections.py:_objection": "its return value is `Untrusted`",
    "engine/material.py:in_short": "its callers make it `Untrusted`",
    "engine/places.py:_line": "its return value is `Untrusted`",
}

_SAFE_CALLS = frozenset(
    {"Untrusted", "inline", "markdown_block", "prompt_block", "to_markdown", "to_prompt"}
)
_ASKING_CALLS = frozenset({"search", "match", "fullmatch", "findall", "finditer", "startswith"})
_PRINTING_CALLS = frozenset(
    {"annotate", "debug", "error", "exception", "info", "note", "print", "say", "tell", "warning",
     "write", "writelines", "write_text"}
)  # fmt: skip


def violations(root: Path) -> Iterator[str]:
    """Each use of `raw` under that package that the rule does not allow."""
    for file in sorted(root.rglob("*.py")):
        name = str(file.relative_to(root))
        yield from in_module(name, file.read_text(encoding="utf-8"))


def in_module(name: str, source: str) -> Iterator[str]:
    """The same for one module, by its path below the package."""
    if name.startswith("sandbox/"):  # both servers of the tests; none of it is the product's
        return
    tree = ast.parse(source)
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    may_look = name.startswith(TAKE_APART) or name in LOOK
    for node in ast.walk(tree):
        if not _is_use(node):
            continue
        place = f"{name}:{getattr(node, 'lineno', 0)}"
        if not may_look:
            yield f"{place}: looks at outside text; render it, or list the module with a reason"
        around = list(_around(node, above))
        function = next((n.name for n in around if isinstance(n, ast.FunctionDef)), "")
        if f"{name}:{function}" not in PUT_TOGETHER and (wrong := _misuse(around)):
            yield f"{place}: outside text {wrong}"


def _is_use(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "raw" and isinstance(node.ctx, ast.Load)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"getattr", "attrgetter"}
        and any(isinstance(a, ast.Constant) and a.value == "raw" for a in node.args)
    )


def _around(node: ast.AST, above: Mapping[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while node in above:
        node = above[node]
        yield node


def _misuse(around: list[ast.AST]) -> str:
    """What is done to it on the way up; empty where it ends in something safe before that."""
    wrong = ""
    for node in around:
        called = _called(node)
        if called in _SAFE_CALLS | _ASKING_CALLS or isinstance(node, ast.Compare):
            return ""
        if isinstance(node, ast.Raise):
            return "in an exception"
        if called in _PRINTING_CALLS:
            return f"in {called}()"
        if isinstance(node, ast.JoinedStr):
            wrong = wrong or "in an f-string"
        elif called in {"join", "format"}:
            wrong = wrong or f"in {called}()"
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            wrong = wrong or "in a concatenation"
    return wrong


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
