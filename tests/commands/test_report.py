"""`coder-fix report` through the real entry, at a strict sandbox with a planted past."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot import app
from bot.adapters.github_api import FixedToken, Server, history
from bot.decide import memory
from bot.model import TargetKind
from bot.outcomes import OutcomeKind, SkipReason
from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.http import Fault, HttpRequest, HttpResponse
from tests.adapters.backends.stand_ins import FakeClock
from tests.app_keys import APP_ID, SLUG, key, registered
from tests.commands.planted_history import BOT, Past, fixed, flagged, not_fixed, whole_past
from tests.report.test_golden import GOLDEN
from tests.scenarios.stage import Stage

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / ".github/coder-fix-report.schema.json").read_text())
TOKEN = "ghp_" + "b0t" * 12
READS = dict.fromkeys(
    ("actions", "checks", "contents", "issues", "pull_requests", "statuses"), "read"
)


@dataclass
class Office:
    """A sandbox, and the command at it."""

    github: SandboxGitHub

    def report(self, *flags: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", "report", *flags],
            cwd=ROOT, env=self.env(**env), capture_output=True, text=True, check=False,
        )  # fmt: skip

    def env(self, **more: str) -> dict[str, str]:
        usual = {"GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": "acme/widgets"}
        return {"PATH": os.environ["PATH"], "GITHUB_API_URL": self.github.url} | usual | more

    def numbers(self, *flags: str, **env: str) -> Any:
        """The JSON, which keeps to its schema."""
        done = self.report("--format", "json", *flags, **env)
        assert (done.returncode, done.stderr) == (0, "")
        told = json.loads(done.stdout)
        jsonschema.validate(told, SCHEMA)
        return told

    def asked(self) -> list[str]:
        return [f"{x.request.method} {x.request.path}" for x in self.github.exchanges]

    def past(self, name: str = "acme/widgets") -> Past:
        return Past(self.github, self.github.create_repository(name))


@pytest.fixture
def office(strict_github: Callable[..., SandboxGitHub]) -> Office:
    github = strict_github()
    github.tokens.grant(TOKEN, login=BOT, permissions=READS)
    return Office(github)


def _still(text: str) -> str:
    """Without what differs from run to run."""
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "2026-11-21 21:00 UTC", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2026-11-21T21:00:00Z", text)
    return re.sub(r"\b[0-9a-f]{40}\b", "f" * 40, text)


def _golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(_still(text), encoding="utf-8")
    assert _still(text) == path.read_text(encoding="utf-8")


# --- what is counted ----------------------------------------------------------------------------


def test_each_end_is_counted_once_and_no_forgery(office):
    """Every kind of end is found by its trace; what strangers wrote changes no number."""
    whole_past(office.past())
    told = office.numbers()
    assert told["total"]["outcomes"] == {
        "fixed": 3, "skipped": 3, "flagged": 1, "needs-human": 1, "no-change": 1, "no-record": 1,
        "not-fixed": 1, "pending": 1, "timed-out": 1,
    }  # fmt: skip
    total = told["total"]
    assert [total[n] for n in ("red_runs", "started", "fixed", "merged")] == [3, 13, 3, 2]
    assert total["skipped"] == {"superseded": 2, "unrecorded": 1}
    assert total["pull_requests"] == {"open": 4, "merged": 1, "closed": 1}
    assert (total["attempts"]["repairs"], total["attempts"]["total"]) == (13, 16)
    assert (total["diagnosed"], total["held"]) == (1, 1)
    assert {note["code"] for note in told["notes"]} == {
        "skips-leave-no-trace", "unrecorded-reasons", "unreadable", "overwritten", "unclaimed",
        "strangers",
    }  # fmt: skip


def test_time_to_green_is_from_the_start_to_the_last_check(office):
    """12, 30 and 40 minutes were planted; a check of another commit changes nothing."""
    whole_past(office.past())
    told = office.numbers()
    expected = {"repairs": 3, "median_seconds": 1800, "longest_seconds": 2400}
    assert told["total"]["time_to_green"] == expected
    assert sum(r["fixed_sha"] is not None for r in told["repairs"]) == 3


def test_fixed_in_place_counts_the_failing_pull_request(office):
    """`mode: fix` has no pull request of its own: merged is said of the failing one."""
    whole_past(office.past())
    told = office.numbers()
    changes = [
        (r["change"], r["thread"] == r["pull_request"])
        for r in told["repairs"]
        if r["outcome"] == "fixed"
    ]
    assert sorted(changes) == [("merged", False), ("merged", True), ("open", False)]


def test_only_what_began_in_the_window_is_counted(office):
    """Of three repairs two began within eleven hours; a day in the past takes all of them."""
    past = office.past()
    whole_past(past)
    assert office.numbers("--since", "11h")["total"]["fixed"] == 2
    day = past.at(60 * 24 * 45)[:10]
    assert office.numbers("--since", day)["total"]["fixed"] == 4


def test_another_account_counts_when_it_is_named(office):
    """A person's token sees the records of the bot once `--author` names it; else it says whose."""
    fixed(office.past(), ago=100, minutes=7, merged=True)
    office.github.tokens.grant("ghp_" + "x" * 36, login="alice", permissions=READS)
    env = {"GITHUB_TOKEN": "ghp_" + "x" * 36}
    told = office.numbers(**env)
    (note,) = [n for n in told["notes"] if n["code"] == "strangers"]
    assert (told["total"]["started"], note["accounts"]) == (0, [BOT])
    assert office.numbers("--author", BOT, **env)["total"]["fixed"] == 1


def test_an_app_is_named_with_its_bot(office):
    """The account of an App is `name[bot]`, and no user of the same name is taken for it."""
    past = office.past()
    red = past.red_pull(100)
    item = past.item(TargetKind.PULL_REQUEST, red.number)
    state = past.state(item, 95, final=OutcomeKind.NO_CHANGE)
    past.remembers(red, item, state, 95, by="fixer[bot]")
    assert office.numbers("--author", "fixer[bot]")["total"]["started"] == 1
    assert office.numbers("--author", "fixer")["total"]["started"] == 0


def test_two_hundred_pull_requests_and_long_threads_are_read_whole(office):
    """Fifty in a request, the rest of up to ten long threads in another; nothing is lost."""
    past = office.past()
    for place in range(200):
        red = past.red_pull(1000 + place)
        if place % 20 == 0:
            for _ in range(35):
                past.says(red, "Me too", 990, by="alice")
        item = past.item(TargetKind.PULL_REQUEST, red.number)
        past.remembers(red, item, past.state(item, 980, final=OutcomeKind.NO_CHANGE), 980)
    told = office.numbers()
    assert told["total"]["outcomes"] == {"no-change": 200}
    # The repository, four pages, for each the rest of its long threads, the red runs.
    assert len(office.asked()) == 10, office.asked()


def test_what_did_not_change_is_not_read(office):
    """The list ends at the first pull request that is older than the time."""
    past = office.past()
    for _ in range(120):
        past.red_pull(60 * 24 * 50)
    past.red_pull(10)
    assert office.numbers()["total"]["started"] == 0
    assert len(office.asked()) == 3, office.asked()


def test_an_organization_is_all_that_the_token_sees(office):
    """Each repository has its line, in the order of names; another owner's is none of them."""
    for name in ("acme/widgets", "acme/gears", "other/thing"):
        fixed(office.past(name), ago=100, minutes=7, merged=False)
    told = office.numbers("--organization", "acme")
    assert [row["repository"] for row in told["repositories"]] == ["acme/gears", "acme/widgets"]
    assert told["total"]["fixed"] == 2
    named = office.numbers("--repository", "acme/widgets", "--repository", "other/thing")
    assert [row["repository"] for row in named["repositories"]] == ["acme/widgets", "other/thing"]


# --- as a GitHub App ----------------------------------------------------------------------------

AS_APP = {"CODER_FIX_GITHUB_APP_ID": str(APP_ID), "CODER_FIX_GITHUB_APP_PRIVATE_KEY": key().private}


def made_by(office: Office) -> list[dict[str, Any]]:
    """What each token of the App was asked for with."""
    sent = (x.request for x in office.github.exchanges)
    return [json.loads(r.body) for r in sent if r.path.endswith("/access_tokens")]


def living(office: Office) -> list[str]:
    return [g.token for g in office.github.tokens._grants.values() if g.kind == "app"]


def test_an_app_counts_as_a_token_does(office):
    """One token for each repository, to read with, revoked at the end; its inputs go first."""
    for name in ("acme/widgets", "acme/gears"):
        whole_past(office.past(name))
    flags = ("--author", BOT, "--repository", "acme/widgets,acme/gears")
    by_token = office.numbers(*flags)
    registered(office.github)
    office.github.tokens.revoke(TOKEN)
    by_app = office.numbers(*flags, **AS_APP)

    assert by_app["repositories"] == by_token["repositories"]
    reads = {"metadata": "read"} | READS
    asked = sorted(made_by(office), key=str)
    assert asked == [
        {"permissions": reads, "repositories": ["gears"]},
        {"permissions": reads, "repositories": ["widgets"]},
    ]
    assert (living(office), office.asked().count("DELETE /installation/token")) == ([], 2)


@pytest.mark.parametrize("kind", ["Organization", "User"])
def test_an_app_counts_all_of_an_account(office, kind):
    """One token for whatever it is installed for there; the flag is the id's other way in."""
    for name in ("acme/widgets", "acme/gears"):
        fixed(office.past(name), ago=100, minutes=7, merged=False)
    office.github.state.user("acme").type = kind
    registered(office.github)
    env = {"CODER_FIX_GITHUB_APP_PRIVATE_KEY": key().private, "GITHUB_TOKEN": ""}
    flags = ("--organization", "acme", "--author", BOT, "--github-app-id", str(APP_ID))
    told = office.numbers(*flags, **env)

    assert [row["repository"] for row in told["repositories"]] == ["acme/gears", "acme/widgets"]
    assert [list(body) for body in made_by(office)] == [["permissions"]]
    assert living(office) == []


def test_an_app_counts_its_own_records_by_itself(office):
    """Without `--author` it is the App's own account that wrote them."""
    past = office.past()
    red = past.red_pull(100)
    item = past.item(TargetKind.PULL_REQUEST, red.number)
    state = past.state(item, 95, final=OutcomeKind.NO_CHANGE)
    past.remembers(red, item, state, 95, by=f"{SLUG}[bot]")
    registered(office.github)
    assert office.numbers(**AS_APP)["total"]["started"] == 1


@pytest.mark.parametrize(
    ("env", "of_app", "code", "words"),
    [
        ({"CODER_FIX_GITHUB_APP_ID": ""}, {}, 2, "`github-app-id` is empty"),
        ({"CODER_FIX_GITHUB_APP_PRIVATE_KEY": ""}, {}, 2, "`github-app-private-key` is empty"),
        ({"CODER_FIX_GITHUB_APP_PRIVATE_KEY": "key.pem"}, {}, 2, "a path is not read"),
        ({"CODER_FIX_GITHUB_APP_PRIVATE_KEY": key("x").private}, {}, 3, "could not be decoded"),
        ({}, {"repositories": ["acme/other"]}, 2, "not installed for acme/widgets"),
        ({}, {"permissions": {"issues": "read"}}, 3, "is not granted `pull-requests: read`"),
    ],
    ids=["no id", "no key", "a path", "another key", "not installed", "not granted"],
)
def test_an_app_that_cannot_count(office, env, of_app, code, words):
    """Each is named with its remedy; no token of the App and no line of its key is shown."""
    office.past()
    registered(office.github, **of_app)
    done = office.report(**AS_APP | env)

    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert words in done.stderr
    assert key().private.split("\n")[3] not in done.stderr
    assert living(office) == []


def test_the_key_is_no_flag(office):
    """Everybody on a machine sees its flags."""
    done = office.report("--github-app-private-key", "x")
    assert (done.returncode, "there is no flag" in done.stderr) == (2, True)


def test_in_a_job_the_secrets_are_masked_beside_the_answer(office):
    """Standard output may be the job's summary, to which no mask belongs, nor any token."""
    whole_past(office.past())
    registered(office.github)
    done = office.report("--format", "markdown", **AS_APP | {"GITHUB_ACTIONS": "true"})
    bearers = [x.request.headers["authorization"].split()[-1] for x in office.github.exchanges]

    assert done.returncode == 0, done.stderr
    assert "::" not in done.stdout
    assert not [b for b in (*bearers, TOKEN) if b in done.stdout]
    for secret in (*bearers, TOKEN):
        assert f"::add-mask::{secret}\n" in done.stderr


# --- a real run ---------------------------------------------------------------------------------


def test_a_repair_of_the_action_is_found(stage: Stage, capfd):
    """What the action itself wrote, on both backends, is what is counted."""
    stage.clock.follow(stage.github.clock)
    stage.clock.passed -= 600  # the command's own clock counts nothing that is yet to come
    stage.red_pull_request()
    stage.fixes.append({"prices.py": "mended\n"})
    assert stage.run().outcome == "fixed"
    stage.github.tokens.grant(TOKEN, login="coder-fix-bot", permissions=READS)
    told = Office(stage.github).numbers("--since", "1h")
    began = memory.read_any(stage.comments(1)[0])
    assert began is not None
    assert began.began is not None
    assert told["total"]["started"] == told["total"]["fixed"] == 1
    assert told["repairs"][0]["fixed_sha"] == began.head


# --- how it is shown ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "file"),
    [("table", "report.txt"), ("json", "report.json"), ("markdown", "report.md")],
)
def test_each_format_word_for_word(office, form, file):
    """The same past in each format."""
    whole_past(office.past())
    fixed(office.past("acme/gears-with-a-rather-long-name"), ago=99, minutes=70, merged=False)
    done = office.report("--organization", "acme", "--format", form)
    assert (done.returncode, done.stderr) == (0, "")
    _golden(file, done.stdout)
    if form == "table":
        assert max(map(len, done.stdout.splitlines())) <= 80


def test_documentation_shows_a_real_run(office):
    """The transcript in docs/numbers.md is what the command prints."""
    past = office.past()
    fixed(past, ago=600, minutes=12, merged=True)
    fixed(past, ago=500, minutes=9, merged=True)
    fixed(past, ago=400, minutes=31, told=1, merged=False)
    not_fixed(past)
    flagged(past)
    gears = office.past("acme/gears")
    fixed(gears, ago=99, minutes=14, merged=True)
    for one, count in ((past, 17), (gears, 2)):
        for _ in range(count):
            office.github.add_run(one.repository, [JobSeed("test", "failure")])
    done = office.report("--since", "30d", "--organization", "acme")
    shown = f"$ coder-fix report --since 30d --organization acme\n{_still(done.stdout)}"
    assert shown in (ROOT / "docs/numbers.md").read_text(encoding="utf-8"), shown


def test_nothing_to_count_is_said(office):
    """No chart of nothing, no division by it."""
    office.past()
    for form in ("table", "markdown"):
        done = office.report("--format", form)
        assert done.returncode == 0
        assert "No repair began in that time." in done.stdout
        assert "mermaid" not in done.stdout


def test_a_terminal_sees_progress_and_a_pipe_none(office):
    """One line on standard error that is gone at the end; with TERM=dumb none."""
    fixed(office.past(), ago=100, minutes=7, merged=True)
    shown = b"".join(_on_a_terminal(office.env(TERM="xterm")))
    assert b"0 of 1 read; acme/widgets: 2 threads" in shown
    assert shown.endswith(b"\r\x1b[K")
    assert b"".join(_on_a_terminal(office.env(TERM="dumb"))) == b""


def _on_a_terminal(env: dict[str, str]) -> Iterator[bytes]:
    """What the command writes to a terminal as its standard error."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "report"],
        cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    try:
        while select.select([ours], [], [], 20)[0]:
            try:
                part = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            yield part
    finally:
        process.wait(20)
        os.close(ours)


def test_names_from_outside_are_inert(office):
    """A login that GitHub would not allow, planted all the same, is shown as code."""
    past = office.past()
    red = past.red_pull(90)
    item = past.item(TargetKind.PULL_REQUEST, red.number)
    past.remembers(red, item, past.state(item, 85), 85, by="eve|<img>\x1b[31m@all")
    done = office.report("--format", "markdown")
    assert "`eve|<img>@all`" in done.stdout
    assert "\x1b" not in office.report().stdout


def test_schema_knows_every_word():
    """The words of the closed lists, and the two that are the report's own."""
    numbers = SCHEMA["properties"]["total"]["properties"]
    outcomes = [*(kind.value for kind in OutcomeKind), "no-record"]
    reasons = [*(reason.value for reason in SkipReason), "unrecorded"]
    assert numbers["outcomes"]["propertyNames"]["enum"] == outcomes
    assert numbers["skipped"]["propertyNames"]["enum"] == reasons


# --- what goes wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--since", "30x"], "--since: 30x is no time"),
        (["--since", "0d"], "--since: 0d is no time"),
        (["--since", "2026-13-01"], "--since: 2026-13-01 is no time"),
        (["--since", "2999-01-01"], "--since: 2999-01-01 is no time"),
        (["--since", "9999d"], "--since: 9999d is no time"),
        (["--since", "a b\x1b[31m"], "--since: what it was given is no time"),
        (["--repository", "widgets"], "--repository: that is not owner/name"),
        (["--repository", "acme/../x"], "--repository: that is not owner/name"),
        (["--repository", "acme/.."], "--repository: that is not owner/name"),
        (["--organization", "a/b"], "--organization: that is no login"),
        (["--organization", ""], "--organization is empty"),
        (["--author", "a b"], "--author: that is no login"),
        (["--branch-prefix", " x~"], "Input `branch-prefix`"),
        (["--format", "xml"], "there is no 'xml'"),
        (["--repository", "a/b", "--organization", "c"], "not allowed with argument"),
    ],
)
def test_a_wrong_flag_is_named(office, flags, said, monkeypatch, capsys):
    """Exit 2, the flag and what it takes; nothing is asked of GitHub."""
    for name, value in office.env().items():
        monkeypatch.setenv(name, value)
    try:
        code = app.main(["report", *flags])
    except SystemExit as ended:  # as argparse does
        code = int(str(ended.code))
    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    assert said in told.err
    assert "\x1b" not in told.err
    assert office.asked() == []


def test_no_repository_is_said(office):
    """Without a runner's variable one must be named."""
    done = office.report(GITHUB_REPOSITORY="")
    assert done.returncode == 2
    assert "Give --repository owner/name" in done.stderr


def test_a_token_that_is_wrong_or_missing(office):
    """401 is `github-auth` with the remedy; none at all is named; neither shows a token."""
    office.past()
    done = office.report(GITHUB_TOKEN="ghp_" + "z" * 36)
    assert done.returncode == 3
    assert "it is wrong, expired or revoked" in done.stderr
    assert "zzz" not in done.stderr
    assert "Input `github-token` is empty" in office.report(GITHUB_TOKEN="").stderr


def test_a_repository_or_account_that_is_not_there(office):
    """The name, and what to check."""
    office.past()
    done = office.report("--repository", "acme/widgets", "--repository", "acme/gone")
    assert (done.returncode, done.stdout) == (2, "")
    assert "The repository acme/gone cannot be found" in done.stderr
    nobody = office.report("--organization", "nobody")
    assert nobody.returncode == 2
    assert "GitHub knows no account nobody" in nobody.stderr


def test_without_the_right_to_read_pull_requests(office):
    """There is nothing to count: exit 3 with the permission, for a name and a whole account."""
    office.past()
    rights = {k: v for k, v in READS.items() if k != "pull_requests"}
    office.github.tokens.grant(TOKEN, login=BOT, permissions=rights)
    for flags in ([], ["--organization", "acme"]):
        done = office.report(*flags)
        assert (done.returncode, done.stdout) == (3, "")
        assert "Grant it `pull-requests: read`" in done.stderr


def test_half_the_rights_give_half_the_numbers(office):
    """Without actions and issues the rest is counted, and a note names each permission."""
    past = office.past()
    whole_past(past)
    rights = {k: v for k, v in READS.items() if k not in {"actions", "issues"}}
    office.github.tokens.grant(TOKEN, login=BOT, permissions=rights)
    told = office.numbers()
    assert (told["total"]["red_runs"], told["total"]["fixed"]) == (None, 3)
    assert {"no-change", "needs-human"}.isdisjoint(told["total"]["outcomes"])
    texts = " ".join(note["text"] for note in told["notes"])
    assert "`actions: read`" in texts
    assert "`issues: read`" in texts


def test_a_page_that_is_too_much_is_asked_for_in_parts(office):
    """GitHub breaks off what takes it too long: half as many are asked for, and all are read."""
    past = office.past()
    for place in range(60):
        red = past.red_pull(1000 + place)
        item = past.item(TargetKind.PULL_REQUEST, red.number)
        past.remembers(red, item, past.state(item, 980, final=OutcomeKind.NO_CHANGE), 980)

    def too_much(request: HttpRequest) -> None:
        if request.path.endswith("/graphql") and "first: 50" in request.json()["query"]:
            raise Fault("too much", respond=HttpResponse(502, {"message": "Something went wrong"}))

    office.github.fault_hooks.append(too_much)
    desk = history(Server(office.github.url), FixedToken(TOKEN), clock=FakeClock())
    since = past.now - timedelta(days=30)
    with closing(desk):
        read = desk.read("acme/widgets", past.repository.state.id, since, lambda _: None)
    assert len(read.threads) == 60
    assert all(len(thread.comments) == 1 for thread in read.threads)


def test_a_used_up_limit_is_said(office):
    """The limit of GraphQL comes with status 200; the command says so and when to come back."""
    office.past()

    def limited(request: HttpRequest) -> None:
        if request.path.endswith("/graphql"):
            error = {"type": "RATE_LIMITED", "message": "API rate limit exceeded"}
            body = {"data": None, "errors": [error]}
            raise Fault("limit", respond=HttpResponse(200, body))

    office.github.fault_hooks.append(limited)
    done = office.report()
    assert (done.returncode, done.stdout) == (3, "")
    assert "rate limit for GraphQL is used up" in done.stderr


def test_nothing_is_written(office):
    """Reads and queries only."""
    whole_past(office.past())
    office.numbers()
    writes = [
        x.request.path
        for x in office.github.exchanges
        if x.request.method != "GET" and not x.request.path.endswith("/graphql")
    ]
    assert writes == []
