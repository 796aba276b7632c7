"""Policy files on GitHub: what they change, what they cannot, and what a wrong one does."""

from __future__ import annotations

import pytest

from bot.sandbox.actions_seeds import JobSeed
from tests.scenarios.hostile import RED_LOG
from tests.scenarios.stage import TOKEN, Stage

PATH = ".github/coder-fix.yml"
FIX = {"prices.py": "mended\n"}
pytestmark = pytest.mark.parametrize("backend", ["tasks"], indirect=True)


def _rule(stage: Stage, text: str | bytes, branch: str = "main") -> None:
    stage.repository.commit(branch, {PATH: text}, "Policy", start=False)


def _owner(stage: Stage, text: str, *, private: bool = False) -> None:
    stage.github.create_repository("acme/.github", {PATH: text}, private=private)


def _asked(stage: Stage) -> list[str]:
    paths = [x.request.path for x in stage.github.exchanges]
    return [path for path in paths if "/contents/" in path]


def _switched_off(stage: Stage) -> str:
    _rule(stage, "enabled: false\n")
    return "acme/widgets: .github/coder-fix.yml"


def _switched_off_by_the_owner(stage: Stage) -> str:
    _owner(stage, "enabled: false\n")
    return "acme/.github: .github/coder-fix.yml"


@pytest.mark.parametrize("by", [_switched_off, _switched_off_by_the_owner])
@pytest.mark.parametrize(
    ("event", "inputs"),
    [
        ("workflow_run", {}),
        ("schedule", {"trigger": "reconcile"}),
        ("schedule", {"trigger": "upgrade"}),
        ("issue_comment", {}),
    ],
    ids=["run", "reconcile", "upgrade", "comment"],
)
def test_opted_out(stage: Stage, by, event, inputs):
    """Every door ends as skipped / opted-out, names the file, writes nothing, asks no Coder."""
    stage.red_pull_request()
    where = by(stage)
    payload = stage.red_event()
    if event == "issue_comment":
        stage.repository.comment(1, "/coder fix", author="acme")
        stage.github.wait_idle()
        payload = next(p for name, p in reversed(stage.events) if name == "issue_comment")
    before = len(stage.github.exchanges)
    told = stage.run(payload if event != "schedule" else {}, event=event, **inputs)

    assert (told.outcome, told.code) == ("skipped/opted-out", 0)
    assert where in told.summary
    assert {x.request.method for x in stage.github.exchanges[before:]} == {"GET"}
    assert stage.coder.exchanges == []


def test_two_requests_side_by_side(stage: Stage):
    """One for each file, without `ref`, which is the default branch; what is not there is fine."""
    stage.red_pull_request()
    stage.fixes.append(FIX)
    told = stage.run()
    owner, own = f"/repos/acme/.github/contents/{PATH}", f"/repos/acme/widgets/contents/{PATH}"

    assert told.outcome == "fixed"
    assert sorted(path for path in _asked(stage) if path.endswith(PATH)) == [owner, own]
    assert "Policy:" not in told.stdout


def test_the_files_are_followed(stage: Stage):
    """Mode of the owner, template of the repository, neither given in the workflow."""
    stage.red_pull_request()
    _owner(stage, "mode: fix\ncoder-template-name: nowhere\n")
    _rule(stage, "coder-template-name: ci-repair\n")
    stage.fixes.append(FIX)
    told = stage.run(coder_template_name="", mode="")

    assert told.outcome == "fixed"
    assert told.outputs["pull-request-branch"] == "feature"
    assert "Policy: acme/.github: .github/coder-fix.yml and acme/widgets:" in told.stdout


def test_an_input_goes_first(stage: Stage):
    """What the workflow gives holds, also where it is the default."""
    stage.red_pull_request()
    _rule(stage, "mode: report\n")
    stage.fixes.append(FIX)
    told = stage.run(mode="propose")

    assert told.outcome == "fixed"


def test_a_pull_request_changes_nothing(stage: Stage):
    """A policy on the failing branch is not read, whatever it says."""
    number = stage.red_pull_request()
    _rule(stage, "mode: report\n")
    _rule(stage, "enabled: false\n", branch="feature")
    red = [JobSeed("test", "failure", log=RED_LOG)]
    stage.github.add_run(stage.repository, red, event="pull_request", pull_number=number)
    stage.github.wait_idle()
    told = stage.run(mode="")

    assert told.outcome == "reported"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mode: fix\n\tdraft: true", "line 2: a tab"),
        ("max-attemps: 3", "did you mean `max-attempts`?"),
        ("coder-url: https://evil.example", "line 1: `coder-url` cannot be set here"),
        ("x: &a 1\ny: *a", "line 1: anchors"),
        (b"mode: \xff\xfe", "is not UTF-8 text"),
        (b"# " + b"x" * 70_000, "has 70002 bytes; 65536 are read at most"),
        (b"# " + b"x" * 10_000_000, "has 10000002 bytes; 65536 are read at most"),
    ],
    ids=["tab", "unknown key", "withheld", "anchor", "no text", "70 kB", "10 MB"],
)
def test_a_wrong_file(stage: Stage, text, words):
    """`error` / `configuration`, exit 2, file and line named, nothing applied, nothing begun."""
    stage.red_pull_request()
    _owner(stage, "mode: fix\n")
    _rule(stage, text)
    before = len(stage.github.exchanges)
    told = stage.run()

    assert (told.outcome, told.outputs["error-kind"], told.code) == ("error", "configuration", 2)
    assert "acme/widgets: .github/coder-fix.yml" in told.outputs["error-message"]
    assert words in told.outputs["error-message"]
    assert "evil.example" not in told.summary + told.stdout
    assert {x.request.method for x in stage.github.exchanges[before:]} == {"GET"}
    assert stage.sessions() == 0


def test_a_folder_of_that_name(stage: Stage):
    """It is no file, and that is said."""
    stage.red_pull_request()
    stage.repository.commit("main", {f"{PATH}/x": "mode: fix\n"}, "Folder", start=False)
    told = stage.run()

    assert "acme/widgets: .github/coder-fix.yml is not a file." in told.outputs["error-message"]


def test_an_owners_file_that_the_token_cannot_see(stage: Stage):
    """The workflow's own token sees no private repository but its own: as if there were none."""
    stage.red_pull_request()
    _owner(stage, "enabled: false\n", private=True)
    grant = stage.github.tokens.grant(TOKEN, kind="github-token", repositories=["acme/widgets"])
    grant.permissions |= {"actions": "read", "checks": "read", "contents": "read"}
    grant.permissions |= {"issues": "write", "pull_requests": "write", "statuses": "read"}
    told = stage.run(mode="report")

    assert told.outcome == "reported"


def test_without_the_right_to_read_it(stage: Stage):
    """A policy that cannot be read is not taken for none: the permission is named."""
    stage.red_pull_request()
    stage.grant(contents="none")
    told = stage.run()

    assert (told.outputs["error-kind"], told.code) == ("github-permission", 3)
    assert "`contents: read`" in told.outputs["error-message"]


def test_fail_on_of_a_file(stage: Stage):
    """It decides the exit code as the input would."""
    stage.red_pull_request()
    _rule(stage, "mode: report\nfail-on: [reported]\n")

    assert stage.run().code == 4
    assert stage.run(fail_on="none").code == 0


def test_opting_out_fails_no_step(stage: Stage):
    """Nor is the file's `fail-on` asked for what it switches off."""
    stage.red_pull_request()
    _rule(stage, "enabled: false\nfail-on: [skipped]\n")

    assert stage.run().code == 0
    assert stage.run(fail_on="skipped").code == 4
