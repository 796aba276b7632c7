"""`coder-fix distill` on files, archives and stdin."""

import gzip
import io
import json
import random
import sys
import zipfile

import pytest

from bot.commands.distill import main
from bot.commands.distill_output import FORMS
from bot.commands.distill_words import Order
from bot.evidence.distiller import Distillation
from bot.model.evidence import Diagnostic
from bot.outcomes import FailureClass
from bot.untrusted import Untrusted
from tests.evidence.logs import failed_step, stamped

RED = stamped(
    failed_step("pytest", ["Error: \x1b[31mboom\x1b[0m ##[error]x", "::error::y"])
).encode()
NOISE = random.Random(7).randbytes(300_000)  # noqa: S311 - nothing secret


@pytest.fixture
def red(tmp_path):
    path = tmp_path / "red.log"
    path.write_bytes(RED)
    return path


def test_text_has_class_command_and_numbered_lines(red, capsys):
    """The text form: class and reason, the command, the lines with their numbers."""
    assert main([str(red)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "$ pytest" in lines
    assert "5| Error: boom ## [error]x" in lines


NONE_FAILED = [
    "error count: 0", "error count:0", "Error count = 0", "ERROR COUNT: 0", "errors found: 0",
    "0 errors", "Found 0 errors", "0 new failures", "0 of 12 tests failed", "0 tests have failed",
    "errors=0", "error_count=0", '"errors": 0', "errors 0", "Errors : 0", "0 Error(s)",
    "Error(s): 0",
    "Failures: 0, Errors: 0", "Tests run: 5, Failures: 0, Errors: 0, Skipped: 0",
    "failures=0 errors=0", "Failed tests: 0", "Failed:     0, Passed:     5", "# fail 0",
    "12 tests completed, 0 failed", "Test Suites: 0 failed, 3 passed, 3 total",
    "12 passed 0 failed", "Ran 4 tests in 0.009s",
    "✖ 0 problems (0 errors, 0 warnings)", "no errors found", "Zero errors", "ERRORS: none",
    "[ FAIL 0 | WARN 0 | SKIP 0 | PASS 12 ]", "exit code: 0", "error rate: 0%",
]  # fmt: skip
SOME_FAILED = [
    "1 errors", "10 errors", "error count: 1", "error count: 10", "errors=3",
    "Failures: 0, Errors: 1",
    "0 errors, 2 failures", "2 of 12 tests failed", "Failed:     2, Passed:     5", "errors: 0.5",
    "12 tests completed, 2 failed", "✖ 1 problem (1 error, 0 warnings)", "exit code: 3",
    "Error: 0 is not a valid port", "error: no such file",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"), [*((t, 4) for t in NONE_FAILED), *((t, 0) for t in SOME_FAILED)]
)
@pytest.mark.parametrize("form", ["plain", "stamped"])
def test_a_count_of_zero_is_no_failure(text, code, form, tmp_path, capsys):
    """That nothing failed is no evidence, in whatever words; that one thing failed is."""
    path = tmp_path / "a.log"
    lines = ["all is well", text, "done"]
    path.write_text(stamped(lines) if form == "stamped" else "\n".join(lines), "utf-8")
    assert main([str(path)]) == code
    assert text in capsys.readouterr().out


@pytest.mark.parametrize("budget", [200, 500, 5000])
def test_budget_counts_all_that_is_printed(red, capsys, budget):
    """Not a character more than asked for, headings included."""
    main([str(red), "--budget-chars", str(budget)])
    assert len(capsys.readouterr().out) <= budget


def test_packed_logs_are_unpacked(red, tmp_path, capsys):
    """Gzip, zip and plain files give the same lines."""
    packed, archive = tmp_path / "a.log.gz", tmp_path / "a.zip"
    packed.write_bytes(gzip.compress(RED))
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("0_test.txt", RED)
    outputs = []
    for path in (red, packed, archive):
        assert main([str(path), "--format", "json"]) == 0
        outputs.append(json.loads(capsys.readouterr().out)["excerpts"][0]["lines"])
    assert outputs[0] == outputs[1] == outputs[2]


def test_stdin_is_read(capsys, monkeypatch):
    """Without a file, the log comes from stdin."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RED)))
    assert main([]) == 0
    assert "boom" in capsys.readouterr().out


def test_nothing_found_is_exit_code_4(tmp_path, capsys):
    """A log that tells of no failure shows its end and says so by the exit code."""
    path = tmp_path / "green.log"
    path.write_text("all is well\n")
    assert main([str(path)]) == 4
    assert capsys.readouterr().out == (
        "Nothing in the log tells of a failure; its last lines follow.\n1| all is well\n"
    )


def test_markdown_links_to_the_run(red, capsys):
    """The markdown form folds nothing out: a fenced block, and the link that was given."""
    main([str(red), "--format", "markdown", "--url", "https://github.com/o/r/actions/runs/1"])
    out = capsys.readouterr().out
    assert "([log](https://github.com/o/r/actions/runs/1))" in out  # the step is not known
    assert "```text" in out


def test_explain_says_why(red, capsys):
    """Each kept line is followed by the reason."""
    main([str(red), "--explain"])
    assert "starts with an error" in capsys.readouterr().out


def test_compare_marks_what_is_new(tmp_path, capsys):
    """A `+` in the margin, a flag in JSON, a sentence in Markdown, for lines no green log had."""
    red, green = tmp_path / "red.log", tmp_path / "green.log"
    red.write_text("warning: old and known\nerror: brand new\n")
    green.write_text("warning: old and known\n")
    asked = [str(red), "--compare", str(green)]
    outputs = []
    for form in ("text", "json", "markdown"):
        assert main([*asked, "--format", form]) == 0
        outputs.append(capsys.readouterr().out)
    text, plain, markdown = outputs
    assert "Lines marked + are not in the green log.\n" in text
    assert "2|+ error: brand new\n" in text
    assert "1|+" not in text
    lines = json.loads(plain)["excerpts"][0]["lines"]
    assert {2} == {line["number"] for line in lines if line["new"]}
    assert "New since the green log: line 2." in markdown


def test_findings_come_first(tmp_path, capsys):
    """The text form lists what was found and where, then shows the lines."""
    path = tmp_path / "red.log"
    path.write_text("app.py:3: error: Name 'x' is not defined  [name-defined]\n")
    main([str(path)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("- app.py:3: Name 'x' is not defined")
    assert lines[2].startswith("1| app.py:3: error")


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_bare_number_is_no_finding(form):
    """A diagnostic whose whole message is a number is not listed."""
    read = Distillation([])
    read.found = True
    read._diagnosed = [
        ("", Diagnostic("tool", FailureClass.UNKNOWN, Untrusted(message), path="a.py"))
        for message in ("42", "7 apples")
    ]
    shown = FORMS[form](Order(read, 2000))
    assert "7 apples" in shown
    assert "42" not in shown


def test_equal_legs_are_named(tmp_path, capsys):
    """Jobs that say the same are shown once, the others by name."""
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.log").write_bytes(RED)
    logs = [str(tmp_path / f"{name}.log") for name in ("a", "b", "c")]
    main(logs[:2])
    assert "== a.log (the same in 1 more job: b.log)\n" in capsys.readouterr().out
    main(logs)
    assert "== a.log (the same in 2 more jobs: b.log, c.log)\n" in capsys.readouterr().out
    main([*logs, "--format", "markdown"])
    assert (
        "`a.log > Run pytest`, the same in 2 more jobs: `b.log`, `c.log`\n"
        in capsys.readouterr().out
    )


def test_links_lead_to_the_line(tmp_path, capsys):
    """An archive names its steps' numbers; the link has it, and the line in the step."""
    path = tmp_path / "job.zip"
    url = "https://github.com/o/r/actions/runs/1/job/2"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("test/3_Run pytest.txt", RED)
    main([str(path), "--url", url, "--format", "json"])
    (excerpt,) = json.loads(capsys.readouterr().out)["excerpts"]
    first = excerpt["lines"][0]["number"]
    assert excerpt["link"] == f"{url}#step:3:{first}"
    main([str(path), "--url", url])
    assert f"\n{excerpt['link']}\n" in capsys.readouterr().out
    main([str(path), "--url", url, "--format", "markdown"])
    assert f"([log]({excerpt['link']}))" in capsys.readouterr().out


@pytest.mark.parametrize("data", [b"", b"\n \n"])
@pytest.mark.parametrize("form", ["text", "markdown"])
def test_empty_log(tmp_path, capsys, data, form):
    """A log without a word is said to be empty."""
    path = tmp_path / "empty.log"
    path.write_bytes(data)
    assert main([str(path), "--format", form]) == 4
    assert capsys.readouterr().out == "The log is empty.\n"


@pytest.mark.parametrize("data", [NOISE, b"\x7fELF" + bytes(5000)])
def test_binary_is_no_log(tmp_path, capsys, data):
    """Bytes that are no text are left out, which is said."""
    path = tmp_path / "core.log"
    path.write_bytes(data)
    assert main([str(path)]) == 4
    said = capsys.readouterr()
    assert said.out == "There is no text in the log.\n"
    assert said.err == "coder-fix distill: 1 log is binary and left out\n"


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "shift-jis"])
def test_any_encoding_is_text(tmp_path, capsys, encoding):
    """A log in another encoding is read, not taken for binary."""
    path = tmp_path / "red.log"
    path.write_bytes("error: caf\u00b0 \u00b1 boom\n".encode(encoding) * 20)
    main([str(path)])
    assert "binary" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--budget-tokens", "0"], "'0' is no budget: give a whole number from 50 on"),
        (["--budget-tokens", "many"], "'many' is no budget: give a whole number from 50 on"),
        (["--budget-chars", "199"], "'199' is no budget: give a whole number from 200 on"),
        (["--url", "not a page"], "'not a page' is no address"),
        (["--explain", "--format", "markdown"], "--explain goes with --format text and json"),
    ],
)
def test_wrong_flags_are_told(capsys, flags, sentence):
    """A flag that cannot be meant: a sentence with the remedy, exit code 2."""
    with pytest.raises(SystemExit) as ended:
        main(flags)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("none.log", None, "cannot be read"),
        ("a.gz", b"\x1f\x8bxx", "cannot be read"),
        ("a.zip", b"PK\x03\x04", ""),
    ],
)
def test_wrong_input_is_one_sentence(tmp_path, capsys, name, data, word):
    """A file that is not there or broken: a sentence on stderr, no trace back."""
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    code = main([str(path)])
    assert code in {2, 4}
    assert word in capsys.readouterr().err


def zipped(path, **logs):
    """An archive as GitHub packs it, with a log for each job."""
    with zipfile.ZipFile(path, "w") as archive:
        for place, (name, lines) in enumerate(logs.items()):
            archive.writestr(f"{place}_{name}.txt", stamped(failed_step("./x", lines)))
    return str(path)


def test_compare_holds_each_job_against_its_own(tmp_path, capsys):
    """Of an archive every green log counts, not the first one for all."""
    lint, unit = ["linting", "error: bad name"], ["testing", "error: differs"]
    red = zipped(tmp_path / "red.zip", lint=lint, test=[*unit, "error: is new"])
    green = zipped(tmp_path / "green.zip", lint=lint, test=unit)
    assert main([red, "--compare", green]) == 0
    lines = capsys.readouterr().out.splitlines()

    marked = [line.partition("|+")[2].strip() for line in lines if "|+" in line]
    assert marked == ["error: is new"]


@pytest.mark.parametrize("content", [b"", bytes(range(32)) * 50])
def test_compare_with_nothing_says_so(tmp_path, capsys, content):
    """An empty or binary green log marks nothing as new."""
    red, green = tmp_path / "red.log", tmp_path / "green.log"
    red.write_text("error: is new\n")
    green.write_bytes(content)
    main([str(red), "--compare", str(green)])
    told = capsys.readouterr()

    assert "holds no text; nothing is compared" in told.err
    assert "|+" not in told.out


@pytest.mark.parametrize("budget", [200, 333, 600, 1500])
def test_markdown_keeps_to_the_budget(tmp_path, capsys, budget):
    """Findings, headings and fences count as well."""
    path = tmp_path / "a.log"
    errors = [f"src/module_{n}.c:{n}:5: error: expected ';' before 'x{n}'" for n in range(60)]
    path.write_text(stamped(failed_step("make all", errors)))
    main([str(path), "--format", "markdown", "--budget-chars", str(budget)])

    assert len(capsys.readouterr().out) <= budget


def test_a_short_command_is_shown_whole(tmp_path, capsys):
    """Leaving out what the notice of it costs would say less with more."""
    path = tmp_path / "a.log"
    path.write_text(stamped(failed_step("go test -race ./...", ["--- FAIL: TestX (0.00s)"])))
    main([str(path), "--budget-chars", "400"])

    assert "$ go test -race ./...\n" in capsys.readouterr().out
