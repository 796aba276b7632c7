"""Which lines are output, of which step, and which steps failed."""

from bot.evidence.envelope import Form, entries
from bot.evidence.slices import slices
from tests.evidence.logs import failed_step, stamped, step


def _slices(lines, steps=()):
    return slices(entries(stamped(lines).encode(), 1, Form.STAMPED), Form.STAMPED, steps)[0]


def test_script_is_no_output():
    """The script of a step gives its command and takes no part in matching."""
    cut = _slices(failed_step("echo error && exit 1", ["error"]))
    assert [5, 6] == [line.number for line in cut.lines]
    assert cut.first_red.script == "echo error && exit 1"


def test_exit_line_makes_a_step_red():
    """Without the jobs API, the runner's last words tell which step failed."""
    lines = ["##[group]Run make", "##[endgroup]", "fine", *failed_step("make test", ["bad"], 2)]
    cut = _slices([*lines, "Post job cleanup.", "bye"])
    assert [(False, False), (True, False), (False, True)] == [(s.red, s.late) for s in cut.steps]
    assert cut.first_red.exit_code == 2


def test_api_overrules_continue_on_error():
    """A step that may fail prints the same last words; the jobs API knows that it passed."""
    lines = [*failed_step("flaky", ["meh"]), *failed_step("real", ["bad"])]
    cut = _slices(lines, [step(3, "Flaky", "success", 0), step(4, "Real", "failure", 6)])
    assert [("Flaky", 3, False), ("Real", 4, True)] == [
        (s.name, s.number, s.red) for s in cut.steps
    ]


def test_runner_event_ends_a_step():
    """A time limit is no exit code, and still the end of the step."""
    lines = failed_step("sleep 9999", ["working"])[:-1]
    cut = _slices([*lines, "##[error]The action 'sleep' has timed out after 30 minutes.", "late"])
    assert cut.first_red.event.startswith("The action 'sleep' has timed out")
    assert cut.first_red.exit_at == 6


def test_jobs_of_a_run_are_kept_apart():
    """The output of `gh run view` holds several jobs."""
    text = "".join(
        f"{job}\tStep\t{line}" for job in ("a", "b") for line in [stamped(["##[error]x"])]
    )
    parts = slices(entries(text.encode(), 1, Form.TABBED), Form.TABBED)
    assert ["a", "b"] == [part.job for part in parts]


def test_unknown_step_is_cut_by_groups():
    """Where `gh` calls every step unknown, the groups tell them apart."""
    lines = [*failed_step("make", ["bad"]), "Post job cleanup.", "bye"]
    text = "".join(f"job\tUNKNOWN STEP\t{line}\n" for line in stamped(lines).splitlines())
    cut = slices(entries(text.encode(), 1, Form.TABBED), Form.TABBED)[0]
    assert [True, False] == [s.red for s in cut.steps if s.first]


def test_travis_says_which_command_failed():
    """The first command that Travis calls failed is the failed step."""
    text = '$ ok\nfine\n$ make test\nbad\nThe command "make test" exited with 2.\nafter\n'
    cut = slices(entries(text.encode(), 1, Form.TRAVIS), Form.TRAVIS)[0]
    red = cut.first_red
    assert red
    assert ("make test", 2) == (red.script, red.exit_code)


def test_prefixes_of_other_tools_are_peeled():
    """Lines that docker or a task runner passes on are matched without their prefix."""
    lines = [f"#9 {i}.5 line {i}" for i in range(6)]
    cut = _slices(failed_step("docker build .", lines))
    assert [f"line {i}" for i in range(6)] == [line.text for line in cut.lines[:6]]
    assert cut.lines[0].shown == "#9 0.5 line 0"
