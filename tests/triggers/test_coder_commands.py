"""`/coder` in comments: what is a command, what is not, and what is told about the rest."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import CommentCommands, Package, Trouble, Verb
from bot.triggers.coder_commands import MAX_COMMANDS, parse
from tests.security.corpus import CORPUS, checker, needs_corpus

CASES = json.loads(
    (Path(__file__).parents[1] / "data" / "commands.json").read_text(encoding="utf-8")
)
PIECES = (
    *("/coder fix a", "/coder", "/coder stop", "/coder upgrade x@1", "/CODER tell", "/coderx"),
    *("> ", "- ", "1. ", "    ", "\t", "```", "~~~", "`", "``", "<!--", "-->", "<details>"),
    *("</details>", "<pre>", "</pre>", '<a title="', '">', "[a]: /b", '"', "](/u ", ")", "\\"),
    *("# ", "---", "===", "|", "\n", "\n", "\n", "\n\n", "\r\n", "\r", "text", " ", "\u200b", "\0"),
)
bodies = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=200)


@pytest.mark.parametrize(("name", "body", "commands", "misread"), CASES, ids=[c[0] for c in CASES])
def test_comment_is_read_as_it_shows(
    name: str, body: str, commands: list[list[str]], misread: list[list[str | None]]
) -> None:
    """Each case gives these commands and these troubles, with LF and with CRLF."""
    for text in (body, body.replace("\n", "\r\n"), body.replace("\n", "\r")):
        found = parse(text)

        assert [[c.verb.value, c.arguments.raw] for c in found.commands] == commands
        assert [[m.trouble.value, m.said.raw, m.nearest] for m in found.misread] == misread


def _records() -> list[dict[str, Any]]:
    return list(map(json.loads, (CORPUS / "commands.jsonl").read_text("utf-8").splitlines()))


@needs_corpus
def test_corpus_of_comments() -> None:
    """All strict records parse as expected; the loose ones differ where column 0 is our rule."""

    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        found = parse(asked["body"]).commands
        first = {"verb": found[0].verb.value, "args": found[0].arguments.raw} if found else {}
        return {"is_command": bool(found)} | first

    compare = checker("commandscore").compare
    records = _records()
    wrong = [r for r in records if compare(r, answer({"body": r["body"], "event": r["event"]}))]

    assert sum(r["strict"] for r in records) > 10
    assert [r["why"] for r in wrong if r["strict"]] == []
    assert [r["why"] for r in wrong if not r["strict"]] == ["leading space"]


@needs_corpus
def test_corpus_of_comments_that_must_start_nothing() -> None:
    """Where the body alone is the reason not to start, there is no command."""
    silent = [r for r in _records() if not r["expected"]["is_command"]]

    assert len(silent) > 5
    assert [r["id"] for r in silent if parse(r["body"])] == []


def test_text_goes_on_below() -> None:
    """The lines up to the next command belong to the text, code and quotes in them too."""
    found = parse("Hi\n/coder fix it\nlike\n```\n/coder stop\n```\n\n/coder tell\n\n> no\n\nyes\n")

    assert [(c.line, c.arguments.raw, c.text.raw) for c in found.commands] == [
        (1, "it", "it\nlike\n```\n/coder stop\n```"),
        (7, "", "> no\n\nyes"),
    ]


def test_package_and_rule_are_taken_out_of_the_text() -> None:
    """`upgrade` and `allow` name something; the rest of the line is text."""
    found = parse("/coder upgrade @types/node@20 with care\n/coder allow Skipped-Test it is fine")

    assert [(c.verb, c.package, c.rule, c.text.raw) for c in found.commands] == [
        (Verb.UPGRADE, Package("@types/node", "20"), "", "with care"),
        (Verb.ALLOW, None, "skipped-test", "it is fine"),
    ]


def test_refused_package_says_why() -> None:
    """The reason names what is wrong and never repeats the text."""
    (misread,) = parse("/coder upgrade https://evil.test/x.tgz").misread

    assert (misread.trouble, misread.why) == (
        Trouble.BAD_PACKAGE,
        "an address is no package name",
    )


def test_five_hundred_commands() -> None:
    """The first ones are read, in order; the others are counted."""
    found = parse("".join(f"/coder fix {n}\n" for n in range(500)))

    assert [c.arguments.raw for c in found.commands] == [str(n) for n in range(MAX_COMMANDS)]
    assert found.left_out == 500 - MAX_COMMANDS


def test_hidden_lines_do_not_use_up_the_maximum() -> None:
    """A pasted log full of commands leaves room for the one below it."""
    found = parse("```\n" + "/coder fix\n" * 500 + "```\n/coder stop")

    assert [c.verb for c in found.commands] == [Verb.STOP]
    assert found.left_out == 0


@pytest.mark.parametrize(
    "piece",
    [
        *(">", "> a\n", "- ", "- a\n", "1) a\n2. b\n", "- a\n - b\n  - c\n", "> - "),
        *("```\n", "`", "` `` ``` ", "<!-- ", "<!--\n", "<a ", '<a b="', "<a b='", "<div>\n\n"),
        *("<details>\n\n", "<code>\n", '](a "\n', "](", "[", "[a]: b\n", "[a]: b 't\n", "<?\n"),
        *("\n", " ", "\t>", "\\[", "&#x", "/coder ", "/coder fix a\n\n", "\r", "\0", "a"),
    ],
)
def test_longest_comment_of_anything(piece: str) -> None:
    """65,536 characters of each construct: read to the end, nothing raised, nothing lost."""
    body = "/coder fix first\n\n" + (piece * (65_536 // len(piece)))
    found = parse(body[:65_536])

    assert found.commands[0].verb is Verb.FIX
    assert found.commands[0].arguments.raw == "first"


@given(bodies)
def test_commands_are_lines_that_begin_with_coder(body: str) -> None:
    """Never raises; each command is such a line, in order, within the maximum; CRLF is LF."""
    found = parse(body)
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    for line in [c.line for c in found.commands] + [m.line for m in found.misread]:
        assert lines[line].lower().startswith("/coder")
    for command in found.commands:
        assert lines[command.line].split()[1].lower() == command.verb.value
    assert [c.line for c in found.commands] == sorted({c.line for c in found.commands})
    assert len(found.commands) + len(found.misread) <= MAX_COMMANDS
    assert found == parse("\r\n".join(lines))


@given(bodies)
def test_quoted_or_fenced_bodies_command_nothing(body: str) -> None:
    """Whatever somebody wrote: quoted, indented or in a long enough fence it is inert."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    fence = "`" * (body.count("`") + 3)

    assert parse("\n".join(f"> {line}" for line in lines)) == CommentCommands()
    assert parse("\n".join(f"    {line}" for line in lines)) == CommentCommands()
    assert parse(f"{fence}\n{body}\n{fence}") == CommentCommands()
