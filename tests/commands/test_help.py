"""What `--help` teaches, and what a slip of the keyboard is told: the same shape for each verb."""

from __future__ import annotations

import re
import shlex

import pytest

from bot import app
from bot.commands.parsing import Flags

SECRET = "ghp_" + "s3cr3t" * 6
SLIPS = {
    "run --coder-ur x": "there is no flag --coder-ur; did you mean --coder-url?",
    "reconcile --max-attempt 3": "there is no flag --max-attempt; did you mean --max-attempts?",
    "init --doorz x": "there is no flag --doorz; did you mean --doors?",
    "init failure": "it takes flags only.",
    "replay one.json two.json": "it takes one FILE.",
    "init --backend tsks": "--backend: there is no 'tsks'; did you mean tasks?",
    "doctor --repositry=a/b": "there is no flag --repositry; did you mean --repository?",
    "distill --formt json": "there is no flag --formt; did you mean --format?",
    "setup --lifetme 3": "there is no flag --lifetme; did you mean --lifetime?",
    "setup --lifetime x": "--lifetime: 'x' is no number of days, such as 90.",
    "setup --platform qq": "--platform: there is no 'qq'; there is docker, kubernetes.",
    "demo --story faling-test": "--story: there is no 'faling-test'; did you mean failing-test?",
    "sandbox --writ": "there is no flag --writ; did you mean --write?",
}


def said(capsys: pytest.CaptureFixture[str], line: str) -> tuple[int, str, str]:
    """Exit code, output and complaint of that command."""
    try:
        code = app.main(shlex.split(line))
    except SystemExit as ended:
        code = int(ended.code or 0)
    return (code, *capsys.readouterr())


@pytest.mark.parametrize("verb", app.VERBS)
def test_help_teaches(capsys, monkeypatch, verb):
    """Exit 0, within 80 columns: usage, what it is for, flags, exit codes, and an example."""
    monkeypatch.setenv("COLUMNS", "80")
    code, out, err = said(capsys, f"{verb} --help")

    assert (code, err) == (0, "")
    assert out.startswith(f"usage: coder-fix {verb} [flags]")
    assert max(map(len, out.splitlines())) <= 80
    codes, example = out.rstrip().split("\n\n")[-2:]
    assert codes.startswith("Exit codes: 0 ")
    assert re.fullmatch(rf"Example:\n  .*coder-fix {verb} .*", example)


@pytest.mark.parametrize("verb", app.VERBS)
def test_examples_can_be_read(capsys, monkeypatch, verb):
    """The example of each verb is made of flags that there are, with values that fit."""
    _, out, _ = said(capsys, f"{verb} --help")
    line = out.rstrip().rpartition(f"coder-fix {verb} ")[2]
    read: list[str] = []

    class UnderstoodError(Exception):
        """Nothing more is to be done."""

    def only_read(self, argv):
        given, rest = self.parse_known_args(argv)
        read.extend(rest)
        raise UnderstoodError(given)

    monkeypatch.setattr(Flags, "read", only_read)
    with pytest.raises(UnderstoodError):
        app.main([verb, *shlex.split(line)])
    assert read == []


def test_every_flag_is_explained(capsys):
    """No flag of any verb stands in its help without a word."""
    for verb in app.VERBS:
        _, out, _ = said(capsys, f"{verb} --help")
        flags = re.findall(r"^  (--.*)\n(?=  -|\n|$)", out, re.MULTILINE)
        assert [flag for flag in flags if not re.search(r"\S {2,}\S", flag)] == []


def test_the_default_of_an_input_stands_in_its_help(capsys):
    """Where it has one; a flag of `run` is given to override it."""
    _, out, _ = said(capsys, "run --help")
    words = " ".join(out.split())

    assert (
        "--max-attempts VALUE Turns of the agent: the prompt and its follow-ups. Default: 2."
        in words
    )
    assert "--coder-url VALUE Address of the Coder deployment. --coder-backend" in words


@pytest.mark.parametrize(("line", "complaint"), SLIPS.items(), ids=SLIPS)
def test_a_slip_is_told_the_nearest(capsys, line, complaint):
    """One line on standard error with what was meant, and exit code 2."""
    code, out, err = said(capsys, line)
    verb = line.split()[0]

    told = f"coder-fix {verb}: {complaint} See `coder-fix {verb} --help`.\n"
    assert (code, out, err) == (2, "", told)


@pytest.mark.parametrize("verb", app.VERBS)
def test_what_follows_an_unknown_flag_is_not_repeated(capsys, verb):
    """It may be a secret whose flag was misspelled."""
    for line in (f"{verb} --githb-tokn {SECRET}", f"{verb} --githb-tokn={SECRET}"):
        code, out, err = said(capsys, line)
        assert (code, SECRET in out + err, "Traceback" in err) == (2, False, False)


def test_the_nearest_verb_is_named(capsys):
    """And all of them are shown."""
    code, out, err = said(capsys, "doctro")

    assert (code, out) == (2, "")
    assert err.startswith("coder-fix: there is no verb `doctro`; did you mean doctor?\n\nusage: ")
    assert said(capsys, "qqqq")[2].startswith("coder-fix: there is no verb `qqqq`.\n\n")
