"""The main job as a GitHub App: narrowed tokens that end on the way, and what tokens cannot do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.http import Fault, HttpRequest, HttpResponse
from tests.app_keys import APP_ID, SLUG, key, registered
from tests.scenarios.hands import FIX, say
from tests.scenarios.stage import BOT, PERMISSIONS, TOKEN, Stage, Told

AS_APP = {
    "github_token": "",
    "github_app_id": str(APP_ID),
    "github_app_private_key": key().private,
}
NEEDED = {
    "metadata": "read",
    "actions": "read",
    "checks": "read",
    "contents": "read",
    "issues": "write",
    "pull_requests": "write",
    "statuses": "read",
}


class Acting:
    """The stage with an App instead of the bot's token; GitHub's clock follows the story's."""

    def __init__(self, stage: Stage, **of_app: Any) -> None:
        self.stage = stage
        self.app = registered(stage.github, **of_app)
        stage.github.tokens.revoke(TOKEN)
        stage.clock.follow(stage.github.clock)
        stage.clock.on_sleep.append(stage.github.clock.advance)

    def turns_take(self, seconds: float) -> None:
        """Let so much of the story pass before the agent pushes."""

        def script(prompt: str, work: Path) -> Iterator[Any]:
            self.stage.clock.passed += seconds
            self.stage.github.clock.advance(seconds)
            yield from Stage.agent(self.stage, prompt, work)

        self.stage.behave(script)

    def run(self, **more: Any) -> Told:
        """The action with the App's inputs."""
        return self.stage.run(**AS_APP | more)

    @property
    def asked(self) -> list[dict[str, Any]]:
        """What each token was asked for with."""
        mints = (x for x in self.stage.github.exchanges if x.request.path.endswith("access_tokens"))
        return [json.loads(x.request.body) for x in mints]

    @property
    def living(self) -> list[str]:
        """The tokens that were made and that GitHub would still take."""
        tokens = self.stage.github.tokens
        return [g.token for g in tokens._grants.values() if g.kind == "app"]

    @property
    def last(self) -> str:
        """The last request to GitHub."""
        sent = self.stage.github.exchanges[-1].request
        return f"{sent.method} {sent.path}"

    @property
    def statuses(self) -> set[int]:
        """Of all answers of GitHub's API."""
        return {x.response.status for x in self.stage.github.exchanges}


@pytest.mark.row("start", "open-pull-request", "green")
def test_the_main_job_as_an_app(stage: Stage):
    """Red becomes green with the App alone; its token is for this repository and this mode."""
    number = stage.red_pull_request()
    stage.fixes.append(FIX)
    acting = Acting(stage)
    told = acting.run(flaky="skip", verify="checks")

    assert (told.outcome, told.code) == ("fixed", 0)
    ours = stage.repository.state.pulls[int(told.outputs["pull-request-number"])]
    assert ours.issue.user.login == f"{SLUG}[bot]"
    comments = stage.repository.state.pulls[number].issue.comments
    assert [c.user.login for c in comments] == [f"{SLUG}[bot]"]
    assert acting.asked == [{"repositories": ["widgets"], "permissions": NEEDED}]
    assert {401, 403} & acting.statuses == set()
    assert "The token." not in told.summary


@pytest.mark.row("start", "green", "red")
def test_the_token_ends_in_the_middle(stage: Stage):
    """Ten minutes are shorter than a turn: the next one is there before the old one ends."""
    stage.colors.append("second")
    number = stage.red_pull_request()
    stage.fixes += [FIX, {"prices.py": "repaired again\n"}]
    acting = Acting(stage)
    acting.turns_take(1200)
    acting.app.token_life = 600
    told = acting.run()

    assert (told.outcome, told.outputs["attempt"]) == ("fixed", "2")
    assert len(acting.asked) > 2
    assert 401 not in acting.statuses
    assert len(stage.comments(number)) == 1


def test_a_token_that_is_revoked_in_the_middle(stage: Stage):
    """Whoever revokes it, or a clock that is off: one refusal, one more token, the same end."""
    stage.red_pull_request()
    stage.fixes.append(FIX)
    acting = Acting(stage)
    tokens, before = stage.github.tokens, set(stage.github.tokens._grants)

    def at_the_pull_request(request: HttpRequest) -> None:
        if request.method == "POST" and request.path.endswith("/pulls"):
            stage.github.fault_hooks.clear()
            for token in set(tokens._grants) - before:
                tokens.revoke(token)

    stage.github.fault_hooks.append(at_the_pull_request)
    told = acting.run()

    assert told.outcome == "fixed"
    assert (len(acting.asked), len(stage.repository.state.pulls)) == (2, 2)


def test_every_token_is_masked_before_it_is_used(stage: Stage):
    """Key, JSON web tokens and tokens stand in masks, and nowhere in what is left behind."""
    stage.red_pull_request()
    stage.fixes.append(FIX)
    acting = Acting(stage)
    acting.turns_take(1200)
    acting.app.token_life = 600
    sent: list[str] = []

    def note(request: HttpRequest) -> None:
        sent.append(request.headers.get("authorization", " ").split()[-1])

    stage.github.fault_hooks.append(note)
    told = acting.run()

    lines = told.stdout.splitlines()
    masked = [x.removeprefix("::add-mask::") for x in lines if x.startswith("::add-mask::")]
    own = [t for t in dict.fromkeys(sent) if t.startswith(("eyJ", "ghs_"))]
    body = key().private.strip().split("\n")[1:-1]
    assert [t[:4] for t in own] == ["eyJh", "ghs_", "eyJh", "ghs_"]
    assert [x for x in (*own, *body[:-1]) if x not in masked] == []
    left = "".join((told.summary, *told.outputs.values(), *stage.prompts, *stage.comments(1)))
    left += "\n".join(x for x in lines if not x.startswith("::add-mask::"))
    assert [x for x in (*own, *body) if x in left] == []


def test_a_report_asks_for_less(stage: Stage):
    """One comment is all that it may write."""
    number = stage.red_pull_request()
    acting = Acting(stage, permissions={n: v for n, v in PERMISSIONS.items() if n != "issues"})
    told = acting.run(mode="report", coder_url="", coder_token="")

    assert (told.outcome, len(stage.comments(number))) == ("reported", 1)
    (asked,) = acting.asked
    writes = {n for n, level in asked["permissions"].items() if level != "read"}
    assert writes == {"pull_requests"}


def test_a_dry_run_asks_to_read(stage: Stage):
    """A token that cannot write is the best proof that nothing is written."""
    stage.red_pull_request()
    acting = Acting(stage)
    told = acting.run(dry_run="true")

    assert told.outcome == "reported"
    (asked,) = acting.asked
    assert set(asked["permissions"].values()) == {"read"}


def test_reruns_are_asked_for_where_they_may_come(stage: Stage):
    """`actions: write` by the inputs' defaults, as far as the App was granted it."""
    stage.red_pull_request()
    acting = Acting(stage)
    acting.run(dry_run="false")
    assert acting.asked[0]["permissions"] == NEEDED | {"actions": "write"}


def test_a_comment_is_answered_as_an_app(stage: Stage):
    """The comment's door with narrowed permissions: rights are asked for, reactions are given."""
    number = stage.red_pull_request()
    acting = Acting(stage)
    stage.repository.collaborator("alice", "write")
    told = say(stage, number, "/coder status", **AS_APP)

    assert told.outcome == "answered"
    answer = stage.repository.state.pulls[number].issue.comments[-1]
    assert (answer.user.login, 403 in acting.statuses) == (f"{SLUG}[bot]", False)


REVOKED = "DELETE /installation/token"


@pytest.mark.parametrize("wait", ["complete", "none"])
def test_the_token_is_revoked_at_the_end(stage: Stage, wait: str):
    """By the last request of all, however much of the work is left to a later run."""
    stage.red_pull_request()
    stage.fixes.append(FIX)
    acting = Acting(stage)
    told = acting.run(wait=wait)

    assert told.outcome == {"complete": "fixed", "none": "pending"}[wait]
    assert (len(acting.asked), acting.living, acting.last) == (1, [], REVOKED)
    assert "revoked" not in told.stdout


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
@pytest.mark.parametrize(
    ("inputs", "outcome"),
    [
        ({"coder_token": "wrong"}, "error"),
        ({"prompt": "{nothing}"}, "error"),
        ({"mode": "report"}, "reported"),
        ({"dry_run": "true"}, "reported"),
        ({"opt_out_label": "x"}, "skipped/opted-out"),
        ({"trigger": "reconcile"}, "skipped/nothing-to-do"),
    ],
    ids=["a refusal", "a mistake", "a report", "a dry run", "a skip", "a sweep"],
)
def test_the_token_is_revoked_after_whatever_end(stage: Stage, inputs, outcome):
    """Errors and early ends as well."""
    stage.red_pull_request(title="Vouchers [skip coder-fix]" if "skipped/o" in outcome else "V")
    acting = Acting(stage)
    told = acting.run(**inputs)

    assert told.outcome == outcome
    assert (bool(acting.asked), acting.living, acting.last) == (True, [], REVOKED)


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
@pytest.mark.parametrize(
    "answer", [HttpResponse(503, {"message": "Down"}), None], ids=["503", "lost"]
)
def test_a_revocation_that_fails_is_said_and_fails_nothing(stage: Stage, answer):
    """Outcome, outputs and exit code are as they were."""

    def down(request: HttpRequest) -> None:
        if request.method == "DELETE":
            raise Fault("down", respond=answer)

    stage.red_pull_request()
    stage.fixes.append(FIX)
    acting = Acting(stage)
    stage.github.fault_hooks.append(down)
    told = acting.run()

    assert (told.outcome, told.code) == ("fixed", 0)
    assert "The token of the GitHub App is not revoked" in told.stdout


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
@pytest.mark.parametrize(
    ("inputs", "kind", "code", "words"),
    [
        ({"github_app_id": ""}, "configuration", 2, "`github-app-id` is empty"),
        ({"github_app_private_key": ""}, "configuration", 2, "`github-app-private-key` is empty"),
        ({"github_app_id": "my app"}, "configuration", 2, "`github-app-id`"),
        ({"github_app_private_key": "key.pem"}, "configuration", 2, "a path is not read"),
        ({"github_app_id": "999"}, "configuration", 2, "not installed"),
        ({"github_app_private_key": key("x").private}, "github-auth", 3, "github-app-private-key"),
    ],
    ids=["no id", "no key", "a name", "a path", "another id", "another key"],
)
def test_bad_input(stage: Stage, inputs, kind, code, words):
    """The input and the remedy are named, no line of the key is shown, nothing is begun."""
    stage.red_pull_request()
    told = Acting(stage).run(**inputs)

    assert (told.outcome, told.outputs["error-kind"], told.code) == ("error", kind, code)
    assert words in told.outputs["error-message"]
    shown = "".join(x for x in told.stdout.splitlines() if not x.startswith("::add-mask::"))
    assert key().private.split("\n")[3] not in shown + told.summary
    assert (stage.sessions(), len(stage.repository.state.pulls)) == (0, 1)


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_what_the_app_lacks_is_said_at_the_start(stage: Stage):
    """Before a session is started, not when the pull request is to be opened."""
    stage.red_pull_request()
    granted = {n: v for n, v in PERMISSIONS.items() if n not in {"issues", "checks"}}
    told = Acting(stage, permissions=granted).run()

    assert (told.outcome, told.outputs["error-kind"]) == ("error", "github-permission")
    assert "`checks: read` and `issues: write`" in told.outputs["error-message"]
    assert stage.sessions() == 0


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_an_event_without_secrets(stage: Stage):
    """Of a fork: the id stands in the workflow, the key is empty, and that is no mistake."""
    fork = stage.github.fork(stage.repository, "eve")
    fork.commit("evil", {"prices.py": "broken\n"}, "Innocent", start=False)
    stage.repository.open_pull_request("eve:evil", author="eve")
    stage.github.wait_idle()
    payload = next(p for n, p in stage.events if n == "pull_request")
    inputs: dict[str, Any] = AS_APP | {"github_app_private_key": "", "coder_token": ""}
    told = stage.run(payload, event="pull_request", **inputs | {"github_token": TOKEN})
    assert told.outcome == "skipped/no-secrets"


CAUTION = "`github-token` is the workflow's own."


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
@pytest.mark.parametrize("mode", ["propose", "fix", "report"])
def test_the_workflows_own_token_is_told_at_the_start(stage: Stage, mode: str):
    """One line before the first step, and one in the summary; only where we open pull requests."""
    stage.github.tokens.grant(TOKEN, kind="github-token", permissions=PERMISSIONS)
    own = "ghs_" + "w0rk" * 9
    stage.github.tokens.grant(own, kind="github-token", permissions=PERMISSIONS)
    stage.red_pull_request()
    stage.fixes.append(FIX)
    told = stage.run(mode=mode, github_token=own)

    lines = [x for x in told.stdout.splitlines() if not x.startswith("::")]
    times = int(mode == "propose")
    assert [sum(CAUTION in x for x in lines), told.summary.count(CAUTION)] == [times, times]
    if times:
        assert CAUTION in lines[0]


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_a_run_that_begins_nothing_is_spared_the_note(stage: Stage):
    """A green run, or one that is skipped, says nothing of tokens."""
    own = "ghs_" + "w0rk" * 9
    stage.github.tokens.grant(own, kind="github-token", permissions=PERMISSIONS)
    stage.red_pull_request(title="Vouchers [skip coder-fix]")
    told = stage.run(github_token=own)

    assert told.outcome.startswith("skipped/")
    assert CAUTION not in told.stdout + told.summary


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_a_classic_token_without_scopes_is_told_at_the_start(stage: Stage):
    """It reads a public repository; that it cannot write is said before it has to."""
    grant = stage.github.tokens.grant(TOKEN, login=BOT, permissions=PERMISSIONS)
    grant.scopes = ("read:org", "gist")
    stage.red_pull_request()
    stage.fixes.append(FIX)
    assert "without the scope `repo`" in stage.run().summary
    grant.scopes = ("public_repo",)
    assert "without the scope" not in stage.run(dry_run="true").summary
