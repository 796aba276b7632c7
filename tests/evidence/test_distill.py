"""From logs to evidence: legs, crowds, missing logs, reports, green runs, bad input."""

import time

import pytest

from bot.evidence import distill
from bot.evidence.distiller import Distillation
from bot.evidence.reports import Report
from bot.model.github import Annotation
from bot.outcomes import FailureClass
from bot.untrusted import Untrusted
from tests.evidence.logs import failed_step, job_log, shown, stamped, step

PYTEST = [
    "=================================== FAILURES ===================================",
    "__________________________________ test_total __________________________________",
    "E   assert 4 == 7",
    "test_cart.py:19: AssertionError",
    "=========================== short test summary info ============================",
    "FAILED test_cart.py::test_total - assert 4 == 7",
    "============================== 1 failed in 0.12s ===============================",
]


def _note(message, level="failure", path=".github", line=5):
    return Annotation(path, line, level, Untrusted(""), Untrusted(message))


def test_legs_of_a_matrix_are_said_once():
    """The same cause in twelve legs is one excerpt and one diagnostic with twelve names."""
    text = stamped(failed_step("pytest", PYTEST))
    logs = [job_log(text, name=f"py {n}", number=n) for n in range(12)]
    evidence = distill(logs, budget_chars=4000)
    legs = tuple(f"py {n}" for n in range(12))
    assert [legs] == [excerpt.legs for excerpt in evidence.excerpts]
    assert [legs] == [diagnostic.legs for diagnostic in evidence.diagnostics]


def test_job_with_a_cause_of_its_own_is_shown():
    """Another failure beside a matrix keeps its excerpt."""
    other = stamped(failed_step("make", ["src/a.c:3:1: error: expected ';' before '}' token"]))
    logs = [
        job_log(stamped(failed_step("pytest", PYTEST)), name=n, number=i)
        for i, n in enumerate("ab")
    ]
    evidence = distill([*logs, job_log(other, name="c", number=9)], budget_chars=4000)
    assert ["a", "c"] == [excerpt.job.raw for excerpt in evidence.excerpts]


def test_crowd_is_told_by_message():
    """Many tests that fail alike are one diagnostic with their count; each keeps its hash."""
    lines = [f"FAILED test_a.py::test_{i} - OSError: no database" for i in range(50)]
    evidence = distill([job_log(stamped(failed_step("pytest", lines)))], budget_chars=2000)
    assert [50] == [diagnostic.count for diagnostic in evidence.diagnostics]
    assert len(evidence.fingerprint) == 50


def test_cause_in_an_earlier_green_step_is_kept():
    """A step that failed silently may be why the red one fails."""
    cause = "error TS5083: Cannot read file 'tsconfig.json'."
    early = ["##[group]Run npm run build || true", "##[endgroup]", cause]
    symptom = "Error: Cannot find module 'dist/main.js'"
    text = stamped([*early, *failed_step("node dist/main.js", [symptom])])
    texts = shown(distill([job_log(text)], budget_chars=2000))
    assert cause in texts


def test_lines_behind_the_end_weigh_little():
    """With room for little, what a later step complains of is left out."""
    after = [
        "##[group]Run actions/upload-artifact@v4",
        "##[endgroup]",
        "##[error]No files were found",
    ]
    text = stamped([*failed_step("pytest", PYTEST), *after])
    assert "No files were found" not in shown(distill([job_log(text)], budget_chars=300))


def test_failing_step_and_links_come_from_the_jobs_api():
    """Number and name of the failing step are the API's; the link is the job's."""
    log = job_log(stamped(failed_step("pytest", PYTEST)), steps=[step(4, "Tests", "failure", 0)])
    evidence = distill(
        [log], budget_chars=900, job_url=lambda j, s, n: f"https://x/{j.id}#step:{s}:{n}"
    )
    excerpt = evidence.excerpts[0]
    assert (4, "Tests", "pytest", "https://x/1") == (
        excerpt.step, excerpt.step_name.raw, excerpt.command.raw, excerpt.url,
    )  # fmt: skip


def test_a_set_up_that_went_well_is_not_shown():
    """Where GitHub says that the first step succeeded, or a command ran and failed, its usual lines
    are no evidence; where nothing came after them, they are all there is.
    """
    usual = [
        "Prepare workflow directory",
        "Prepare all required actions",
        "Getting action download info",
    ]
    text = stamped([*usual, *failed_step("pytest", PYTEST)])
    alone = stamped([*usual, "##[error]Unable to resolve action `acme/gone@v1`"])
    steps = [step(1, "Set up job", "success", 0), step(2, "Tests", "failure", 0)]
    told, ran, neither = (
        shown(distill([job_log(log, steps=s)], budget_chars=4000))
        for log, s in ((text, steps), (text, []), (alone, []))
    )
    assert [False, False, True] == [usual[1] in lines for lines in (told, ran, neither)]


def test_missing_log_falls_back_to_annotations():
    """Without a log, what GitHub noted is the evidence; notes that say nothing are left out."""
    notes = [_note("Process completed with exit code 1."), _note("expected 4", path="a.py", line=7)]
    evidence = distill([], budget_chars=900, annotations={1: notes})
    assert [("annotation", "expected 4", "a.py", 7)] == [
        (d.tool, d.message.raw, d.path, d.line) for d in evidence.diagnostics
    ]


def test_empty_log_falls_back_to_step_names():
    """Without log and annotations, the failed steps are named."""
    log = job_log("", steps=[step(2, "Build", "failure", 0)])
    evidence = distill([log], budget_chars=900)
    assert ["step 2 failed: Build"] == [d.message.raw for d in evidence.diagnostics]
    assert [(2, "Build", ())] == [(e.step, e.step_name.raw, e.lines) for e in evidence.excerpts]


def test_runner_lost_is_known_from_its_annotation():
    """Only GitHub knows that a runner was lost; the log just ends."""
    notes = {1: [_note("The hosted runner lost communication with the server.")]}
    log = job_log(stamped(["##[group]Run make", "##[endgroup]", "working"]))
    assert (
        FailureClass.INFRASTRUCTURE
        is distill([log], budget_chars=900, annotations=notes).failure_class
    )


@pytest.mark.parametrize(
    ("output", "code", "kind"),
    [
        (PYTEST, 1, FailureClass.TEST),
        (["No space left on device"], 1, FailureClass.INFRASTRUCTURE),
        (["curl: (6) Could not resolve host: pypi.org"], 6, FailureClass.INFRASTRUCTURE),
        (["curl: (6) Could not resolve host: files.example.org"], 6, FailureClass.UNKNOWN),
        (["[503] https://pypi.org/a | Service Unavailable"], 2, FailureClass.UNKNOWN),
        (["Error: connect ETIMEDOUT db.example.com"], 1, FailureClass.UNKNOWN),
        (["deploy: status code 502 from https://staging.example.com"], 1, FailureClass.UNKNOWN),
        (["npm error code ENOTFOUND npm.example.com"], 1, FailureClass.UNKNOWN),
        (["FATAL ERROR: JavaScript heap out of memory"], 134, FailureClass.UNKNOWN),
        (["connect ECONNREFUSED 127.0.0.1:5432"], 1, FailureClass.UNKNOWN),
        (["expected 200, got 503 Service Unavailable"], 1, FailureClass.UNKNOWN),
        ([*PYTEST, "Error: connect ETIMEDOUT 10.0.0.7:443"], 1, FailureClass.TEST),
        (["still waiting"], 124, FailureClass.TIMEOUT),
        (
            ["PHP Parse error:  Unclosed '[' on line 2 in ./b.php on line 3",
             "xargs: php: exited with status 255; aborting"],
            124, FailureClass.COMPILE,
        ),
        (["bash: foo: command not found"], 127, FailureClass.CONFIG),
    ],
)  # fmt: skip
def test_class_and_reason(output, code, kind):
    """The class follows what was said; bad weather is only said where nothing else failed."""
    evidence = distill([job_log(stamped(failed_step("./x", output, code)))], budget_chars=900)
    assert kind is evidence.failure_class or (
        kind is FailureClass.UNKNOWN and evidence.failure_class is not FailureClass.INFRASTRUCTURE
    )
    assert evidence.class_reason


def test_green_log_shows_what_is_new():
    """What a green run printed as well explains nothing, whatever its words."""
    usual = [f"ERROR: plugin {name} failed to load" for name in ("alpha", "beta", "gamma")]
    news = ["all plugins listed", "checksum differs for archive"]
    red = job_log(stamped(failed_step("./x", [*usual, *news])))
    green = job_log(stamped(["##[group]Run ./x", "##[endgroup]", *usual, "all plugins listed"]))
    assert shown(distill([red], budget_chars=45, green=green)) == ["checksum differs for archive"]
    assert shown(distill([red], budget_chars=45)) != ["checksum differs for archive"]


JUNIT = b"""<?xml version="1.0"?><testsuites><testsuite><testcase classname="test_cart"
name="test_total"/><testcase classname="a.B" name="test_c" file="a.py" line="9"><failure
message="boom" type="ValueError">trace</failure></testcase></testsuite></testsuites>"""
SARIF = b"""{"runs": [{"tool": {"driver": {"name": "semgrep"}}, "results": [{"ruleId": "r1",
"level": "error", "message": {"text": "bad"}, "locations": [{"physicalLocation":
{"artifactLocation": {"uri": "src/a.py"}, "region": {"startLine": 3, "startColumn": 2}}}]}]}]}"""
BOMB = b"""<!DOCTYPE x [<!ENTITY a "aaaa">]><testsuite><testcase name="&a;"><failure/></testcase>
</testsuite>"""


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (JUNIT, [("junit", "boom", "a.py", 9, "ValueError", "a.B::test_c")]),
        (SARIF, [("semgrep", "bad", "src/a.py", 3, "r1", "")]),
        (BOMB, []),
        (b"{", []),
        (b"<a", []),
        (b'{"runs": [1]}', []),
        (b"", []),
    ],
    ids=["junit", "sarif", "entities", "broken json", "broken xml", "other json", "empty"],
)
def test_reports_give_diagnostics(data, found):
    """JUnit XML and SARIF say the same in another form; what cannot be read says nothing."""
    evidence = distill([], budget_chars=900, reports=[Report("report", data)])
    assert found == [
        (d.tool, d.message.raw, d.path, d.line, d.rule, d.test) for d in evidence.diagnostics
    ]


def test_nothing_found_shows_the_end():
    """A log that tells of no failure: its end, and the word that nothing was found."""
    read = Distillation([job_log("all\nis\nwell\n")])
    assert (False, ["all", "is", "well"]) == (read.found, shown(read.evidence(900)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"no newline at the end",
        b"\x00" * 100_000,
        b"\xff\xfe\xfd" * 1000,
        b"word " * 4_000_000,
        b"x" * 20_000_000,
        b"##[error]boom\n" * 1_000_000,
        (b"a" * 60 + b" -> ") * 60_000,
        b"\x1b[" * 200_000,
        b"^[[" * 200_000,
        b"  " * 500_000 + b"error",
        b"##[group]Run x\n##[endgroup]\n" * 50_000,
        b"=== FAILURES ===\n" + b"___ test ___\n" * 60_000,
        b"@@ -1,99999 +1,99999 @@\n" * 1000 + b"+error\n" * 1000,
        b"/a" * 500_000 + b" error",
        b"\n".join(b"%d error: line" % i for i in range(100_000)),
    ],
    ids=range(17),
)
def test_hostile_logs_are_bounded(data):
    """Whatever a log holds, it is read in a time that grows with its size."""
    begin = time.process_time()
    evidence = distill([job_log(data)], budget_chars=2000)
    assert time.process_time() - begin < 5 + len(data) / 20_000_000
    assert evidence.chars_out <= 2000


PYTEST = [
    "=================================== FAILURES ===================================",
    "_________________________________ test_voucher _________________________________",
    "",
    "    def test_voucher():",
    ">       assert total([250]) == 0",
    "E       assert -250 == 0",
    "",
    "tests/test_prices.py:8: AssertionError",
    "=========================== short test summary info ============================",
    "FAILED tests/test_prices.py::test_voucher - assert -250 == 0",
    "========================= 1 failed, 1 passed in 0.02s ==========================",
]
HEADER = ["##[group]Run make check", "make check", "shell: /usr/bin/bash -e {0}", "##[endgroup]"]
EXIT = "##[error]Process completed with exit code 1."


@pytest.mark.parametrize(
    "output",
    [
        ["##[group]Run unit tests", *PYTEST],
        ["##[group]Run unit tests", *PYTEST, "##[endgroup]"],
        ["##[group]Run lint", "fine", "##[endgroup]", "##[group]Run unit tests", *PYTEST],
        ["##[group]Run echo pwned", *PYTEST],
        [EXIT, *PYTEST],
    ],
    ids=["left open", "closed", "the second", "forged", "an exit inside"],
)
def test_a_group_of_the_script_is_output(output):
    """A script may name its groups as the runner does, and print what the runner prints."""
    evidence = distill([job_log(stamped([*HEADER, *output, EXIT]))], budget_chars=4000)

    assert evidence.failure_class is FailureClass.TEST
    assert [d.test for d in evidence.diagnostics] == ["tests/test_prices.py::test_voucher"]
    assert "E       assert -250 == 0" in shown(evidence)
    assert evidence.excerpts[0].command.raw == "make check"
