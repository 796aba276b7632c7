"""`coder-fix demo`: what it shows, and what it makes of one's own agent."""

import re

import pytest

from bot.app import main
from bot.commands.demo import Demo
from bot.sandbox.hostile import ATTACKS, OWN_TOKEN, live
from bot.sandbox.scenes import visible
from bot.sandbox.stories import STORIES
from bot.sandbox.world import SandboxWorld, agent_argv
from tests.security.inertness import commands, escape_remains, invisible, outside_code


@pytest.mark.parametrize("backend", ["tasks", "chats"])
def test_story_is_shown_from_red_to_green(capsys, backend):
    """Log, evidence, diff, our pull request and the comment, under numbered headlines."""
    assert main(["demo", "--backend", backend]) == 0
    out = capsys.readouterr().out
    headlines = re.findall(r"^(\d+)\. (.+)$", out, re.MULTILINE)
    assert [str(n) for n in range(1, len(headlines) + 1)] == [number for number, _ in headlines]
    for line in (
        "  AssertionError: -250 != 0",
        "      python3 -m unittest discover -v",
        "  +    return max(0, sum(prices) - voucher)",
        "  ### ✅ Fixed in #2",
    ):
        assert f"\n{line}" in out
    assert "Findings (1):" in out
    assert "Fix failing test" in next(
        text for _, text in headlines if text.startswith("The repair")
    )
    assert "<!--" not in out
    assert re.search(r"^  session-id: [0-9a-f-]{36}$", out, re.MULTILINE)


def test_a_cheat_is_objected_to(capsys):
    """The story `cheating`: green by a skipped test, told so, and then repaired."""
    assert main(["demo", "--story", "cheating"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"Objected to `[0-9a-f]{7}` for skipped-tests; told the session\.", out)
    assert "\n  ### ✅ Fixed in #2" in out


@pytest.mark.parametrize("backend", ["tasks", "chats"])
def test_a_person_commands_it_in_comments(capsys, backend):
    """The story `comment`: a slip of the pen, a repair with a hint, a status."""
    assert main(["demo", "--story", "comment", "--backend", backend]) == 0
    out = capsys.readouterr().out
    ends = re.findall(r"Ended as `([\w/-]+)`", out)
    assert ends == ["skipped/unknown-command", "fixed", "answered"]
    assert "\n  `fixx` is not a command. Did you mean `/coder fix`?" in out
    assert "\n  ✅ **Fixed in #2**" in out


@pytest.mark.parametrize("backend", ["tasks", "chats"])
def test_an_upgrade_is_repaired_on_a_schedule(capsys, backend):
    """The story `upgrade`: one schedule starts on Dependabot's red pull request, one ends it."""
    assert main(["demo", "--story", "upgrade", "--backend", backend]) == 0
    out = capsys.readouterr().out
    assert re.findall(r"Ended as `([\w/-]+)`", out) == ["pending", "fixed"]
    assert "\n    rounding 1.4.0 → 2.0.0\n" in out


@pytest.mark.parametrize("backend", ["tasks", "chats"])
def test_a_hostile_log_is_inert(capsys, tmp_path, backend):
    """The story `hostile-log`: each attack in log, prompt, comment and summary; none is live."""
    story = ["demo", "--story", "hostile-log", "--backend", backend, "--write", str(tmp_path)]
    assert main(story) == 0
    out = capsys.readouterr().out
    assert "\n  Nothing: no secret, no command, nothing hidden, nothing outside of code.\n" in out
    for attack in ATTACKS:
        told = out.split(f"\n  {attack.name}\n    log: ")[1].split("\n")
        assert attack.word in told[0]
        assert re.match("    prompt[:,] .*" + attack.word, told[1])
    assert (
        commands("\n".join(line for line in out.splitlines() if "::add-mask::" not in line)) == []
    )
    for name in ("comment.md", "summary.md"):
        text = (tmp_path / name).read_text()
        assert invisible(text) == set()
        assert escape_remains(text) == []
        assert not [a.name for a in ATTACKS if a.word in outside_code(text)]
        assert not [a.name for a in ATTACKS if a.secret and a.secret in text]


@pytest.mark.parametrize(
    ("page", "plain", "sentence"),
    [
        ("@acme mulberry", "", "The page shows mentions outside of code."),
        ("[x](https://evil.example/barberry)", "", "shows an image that reports home outside of"),
        ("<b>tayberry</b>", "", "The page shows HTML outside of code."),
        ("`a\u202eb`", "", r"The page holds \u202e."),
        ("", "\x1b[0m", r"The text holds \x1b."),
        ("", "x ##[error]x", "The text holds a command for a runner."),
        ("", "\n ::error::x", "The text holds a command for a runner."),
        ("", f"`{ATTACKS[15].secret}`", "The text shows a token."),
        ("", OWN_TOKEN, "The text shows the bot's own token."),
    ],
)
def test_what_is_live_is_found(page, plain, sentence):
    """The demo's own look at a hostile story is not blind."""
    assert sentence in " ".join(live({"page": page}, {"text": plain}))


@pytest.mark.parametrize(
    ("agent", "sentence"),
    [
        ('"unclosed', "cannot be read: no closing quotation."),
        ("", "cannot be read: it is empty."),
        ("no-such-program -p", "is not there: no-such-program."),
    ],
)
@pytest.mark.parametrize("verb", ["demo", "sandbox"])
def test_agent_that_cannot_run_is_refused(capsys, verb, agent, sentence):
    """A command line that cannot be run: what is wrong with it, and exit code 2."""
    assert main([verb, "--agent", agent]) == 2
    assert f"coder-fix {verb}: The command of --agent {sentence}" in capsys.readouterr().err


def test_agent_is_found_from_anywhere(tmp_path, monkeypatch):
    """A relative path holds in the checkout too, where the command runs."""
    program = tmp_path / "agent"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    assert agent_argv("./agent --go 'a b'") == [str(program), "--go", "a b"]


@pytest.mark.parametrize(
    ("own", "outcome", "code", "good", "sentence"),
    [
        (False, "fixed", 0, True, ""),
        (False, "no-change", 0, False, "This is wrong: expected `fixed`, exit code 0."),
        (True, "no-change", 0, True, "ends as `fixed`; yours ended otherwise."),
        (True, "error", 3, False, "ends as `fixed`; yours ended otherwise."),
    ],
)
def test_another_end_is_explained(capsys, own, outcome, code, good, sentence):
    """Only the scripted agent promises the story's end; every other end says what was expected."""
    with SandboxWorld(STORIES["failing-test"], agent=["true"] if own else None) as world:
        assert good is Demo(world)._judge(outcome, "fixed", code)
    assert sentence in capsys.readouterr().out


def test_what_a_page_hides_is_not_shown():
    """Hidden lines are gone, folds are closed and say how much they hold."""
    body = "Head\n\n<details>\n<summary>Logs</summary>\n\na\nb\n\n</details>\n\n<!-- x {} -->\n"
    assert visible(body) == ["Head", "", "▸ Logs (folded, 2 lines)"]
