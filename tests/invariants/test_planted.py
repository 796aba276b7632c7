"""Each invariant finds the violation that is planted for it, and no other one complains.

What is doctored is the capture of a real story: a repair in two rounds, then comments of a writer
and of a reader.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from tempfile import gettempdir
from typing import Any

import pytest

from bot.sandbox.http import Exchange, HttpRequest, HttpResponse
from tests.invariants.capture import Capture, Deed, Ran, Sent
from tests.invariants.registry import IN_EVERY_SCENARIO, violations
from tests.scenarios.hands import FIX, say
from tests.scenarios.stage import Stage
from tests.security.inertness import CANARY

_told: list[Capture] = []
API = "/repos/acme/widgets"
FOREIGN_TOKEN = "ghp_" + "4fK9sLq2Zx7VbN1mC8tR5wY3pD6hJ0gAeUiO"


@pytest.fixture
def honest(stage: Stage) -> Capture:
    """The capture of the story; it is played once."""
    if not _told:
        stage.repository.collaborator("alice", "write")
        stage.repository.collaborator("mallory", "read")
        number = stage.red_pull_request()
        stage.fixes += [FIX, {"prices.py": "repaired again\n"}]
        stage.colors += ["rounding"]
        assert stage.run().outcome == "fixed"
        say(stage, number, "/coder status")
        say(stage, number, "/coder status", author="mallory")
        _told.append(stage.watch.capture(stage.repository))
    return _told[0]


@pytest.fixture(params=["tasks"])
def backend(request: pytest.FixtureRequest) -> str:
    """One of them is enough here."""
    return str(request.param)


# --- doctoring ---------------------------------------------------------------------------------


def _run(capture: Capture, number: int, **changes: Any) -> Capture:
    runs = (replace(r, **changes) if r.number == number else r for r in capture.runs)
    return replace(capture, runs=tuple(runs))


def _more(capture: Capture, number: int, **longer: str) -> Capture:
    run = next(r for r in capture.runs if r.number == number)
    return _run(capture, number, **{k: getattr(run, k) + v for k, v in longer.items()})


def _deed(capture: Capture, kind: str, what: str) -> Capture:
    return _run(capture, 1, deeds=(*capture.runs[0].deeds, Deed(kind, what)))


def _sent(
    method: str,
    path: str,
    body: Any = None,
    *,
    server: str = "github",
    status: int = 200,
    run: int = 1,
    at: float = 1e6,
    headers: dict[str, str] | None = None,
) -> Sent:
    told = headers or {}
    request = HttpRequest(method, path, {}, {}, json.dumps(body).encode() if body else b"")
    return Sent(Exchange(server, request, HttpResponse(status, {}, told)), run, at)


def _then(capture: Capture, *sent: Sent) -> Capture:
    return replace(capture, sent=(*capture.sent, *sent))


def _changed(
    capture: Capture, which: Callable[[Sent], bool], change: Callable[[Sent], Sent]
) -> Capture:
    """The first exchange that fits is another one."""
    at = next(n for n, sent in enumerate(capture.sent) if which(sent))
    return replace(
        capture, sent=(*capture.sent[:at], change(capture.sent[at]), *capture.sent[at + 1 :])
    )


def _asking(sent: Sent, **changes: Any) -> Sent:
    request = replace(sent.exchange.request, **changes)
    return replace(sent, exchange=replace(sent.exchange, request=request))


def _retold(edit: Callable[[str], str], sent: Sent) -> Sent:
    """The same request with another body, prompt or Markdown."""
    body = dict(sent.json)
    key = "body" if "body" in body else "input"
    return _asking(sent, body=json.dumps({**body, key: edit(body[key])}).encode())


def _body(capture: Capture, added: str) -> Capture:
    return _changed(
        capture, lambda s: bool(s.markdown), partial(_retold, lambda text: text + added)
    )


def _prompt(capture: Capture, edit: Callable[[str], str]) -> Capture:
    return _changed(capture, lambda s: s.creates_session, partial(_retold, edit))


def _answered(capture: Capture, status: int, body: Any) -> Capture:
    """What GitHub says of the writer's rights."""

    def asks(sent: Sent) -> bool:
        return sent.run == 2 and sent.path.endswith("/permission")

    def other(sent: Sent) -> Sent:
        response = HttpResponse(status, body)
        return replace(sent, exchange=replace(sent.exchange, response=response))

    return _changed(capture, asks, other)


def _by(capture: Capture, login: str, kind: str) -> Capture:
    """The writer's comment is another's, who may write as well."""
    payload = {"action": "created", "comment": {"user": {"login": login, "type": kind}}}
    path = f"{API}/collaborators/{login}/permission"
    asked = (_asking(s, path=path) if s.path.endswith("/permission") else s for s in capture.sent)
    return _run(replace(capture, sent=tuple(asked)), 2, payload=payload)


def _secret(capture: Capture, name: str) -> str:
    return capture.secrets[name]


def _twice(capture: Capture) -> Capture:
    return _then(capture, next(s for s in capture.sent if s.creates_session))


def _reused_fence(capture: Capture) -> Capture:
    follow_up = next(s for s in capture.sent if s.tells_session)
    return _then(capture, replace(follow_up, run=2))


def _limited(capture: Capture) -> Capture:
    headers = {"retry-after": "30"}
    refused = _sent("GET", API, status=429, headers=headers, at=1e6)
    return _then(capture, refused, _sent("GET", API, at=1e6 + 29))


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


COMMENTS = f"{API}/issues/1/comments"
REACTION = _sent("POST", f"{API}/issues/comments/9/reactions", {"content": "eyes"}, run=3)
RERUN = _sent("POST", f"{API}/actions/runs/7/rerun-failed-jobs", status=201)
EDITED = {"action": "edited", "comment": {"user": {"login": "alice", "type": "User"}}}
THIRD = {"input": "This is attempt 3 of 2."}
SEND = "/api/v2/tasks/me/1/send"

PLANTED: list[tuple[int, str, Callable[[Capture], Capture]]] = [
    (1, "a second session", _twice),
    (2, "a second comment", lambda c: replace(c, comments=c.comments * 2)),
    (
        2,
        "a second pull request",
        lambda c: _then(c, *2 * [_sent("POST", f"{API}/pulls", {"head": "x"}, status=201)]),
    ),
    (
        3,
        "no look after a lost answer",
        lambda c: _then(
            c,
            _sent("POST", COMMENTS, {"title": "x"}, status=0),
            _sent("POST", COMMENTS, {"title": "x"}, status=201),
        ),
    ),
    (
        4,
        "Coder's header for GitHub",
        lambda c: _changed(
            c,
            lambda s: s.server == "github",
            lambda s: _asking(
                s, headers={**s.exchange.request.headers, "coder-session-token": "x"}
            ),
        ),
    ),
    (
        4,
        "credentials for the store",
        lambda c: _changed(
            c, lambda s: s.server == "blobs", lambda s: _asking(s, headers={"authorization": "x"})
        ),
    ),
    (
        4,
        "plain http to a host",
        lambda c: _changed(
            c, lambda s: s.server == "github", lambda s: _asking(s, headers={"host": "a.test:80"})
        ),
    ),
    (
        5,
        "Coder's token in an address",
        lambda c: _then(c, _sent("GET", f"{API}/{_secret(c, 'coder-token').encode().hex()}")),
    ),
    (
        5,
        "GitHub's token in an address of its own",
        lambda c: _then(c, _sent("GET", f"{API}/{_secret(c, 'github-token')}")),
    ),
    (6, "a token on stdout", lambda c: _more(c, 1, stdout=_secret(c, "github-token"))),
    (6, "a token on stderr", lambda c: _more(c, 1, stderr=_b64(_secret(c, "coder-token")))),
    (
        6,
        "a token in a file's name",
        lambda c: _deed(c, "write", f"{gettempdir()}/coder-fix-1/{_secret(c, 'coder-token')}"),
    ),
    (7, "a command of the log", lambda c: _more(c, 1, stdout=f"::error::{CANARY}\n")),
    (7, "a command of the log on stderr", lambda c: _more(c, 1, stderr=f" ##[notice]{CANARY}\n")),
    (7, "a strange command", lambda c: _more(c, 1, stdout="::set-env name=x::y\n")),
    (8, "an output that nobody declared", lambda c: _more(c, 1, output="passed<<x\n1\nx\n")),
    (8, "an open record", lambda c: _more(c, 3, output="\nlast<<x\n1\n")),
    (
        8,
        "an address that is none",
        lambda c: _run(c, 1, output=c.runs[0].output.replace("http://", "javascript:")),
    ),
    (9, "a live mention", lambda c: _body(c, f"\n\n@{CANARY}")),
    (9, "a link", lambda c: _body(c, f"\n\n[x](https://{CANARY}.example.test)")),
    (9, "in the summary", lambda c: _more(c, 1, summary=f"\n<b>{CANARY}</b>\n")),
    (9, "a hidden character", lambda c: _more(c, 1, summary="\n\u202ex\n")),
    (9, "a long body", lambda c: _body(c, "\n" + "x y " * 20_000)),
    (10, "a hidden comment", lambda c: _body(c, "\n<!-- another -->")),
    (10, "a second marker", lambda c: _body(c, f"\n<!-- coder-fix:{'0' * 12} -->")),
    (10, "a command for a bot", lambda c: _more(c, 1, summary="\n/merge it\n")),
    (11, "log text among the orders", lambda c: _prompt(c, lambda text: f"{text}\n{CANARY}")),
    (
        11,
        "a delimiter in the data",
        lambda c: _prompt(c, lambda text: text.replace("\n</data-", "\nx </data-", 1)),
    ),
    (11, "the fence of another run", _reused_fence),
    (12, "a secret of others", lambda c: _prompt(c, lambda text: f"{text}\n{FOREIGN_TOKEN}")),
    (12, "hidden text", lambda c: _prompt(c, lambda text: f"{text}\u200b")),
    (13, "a reaction for a reader", lambda c: _then(c, REACTION)),
    (13, "an error for a reader", lambda c: _run(c, 3, code=3)),
    (14, "rights that cannot be read", lambda c: _answered(c, 500, {})),
    (14, "an unknown role", lambda c: _answered(c, 200, {"role_name": "guest"})),
    (15, "an edited comment", lambda c: _run(c, 2, payload=EDITED)),
    (15, "a comment of ours", lambda c: _by(c, "coder-fix-bot", "User")),
    (15, "a bot's comment", lambda c: _by(c, "x[bot]", "Bot")),
    (16, "a third round", lambda c: _then(c, *_rounds())),
    (
        16,
        "a session for a red run of ours",
        lambda c: _run(c, 1, payload=_on_our_branch(c.runs[0])),
    ),
    (17, "another commit", lambda c: _run(c, 1, payload={"workflow_run": {"head_sha": "f" * 40}})),
    (18, "a file elsewhere", lambda c: _deed(c, "write", "/etc/hosts")),
    (18, "a file in the working directory", lambda c: _deed(c, "write", "notes.txt")),
    (18, "a process", lambda c: _deed(c, "start", "git ['clone']")),
    (18, "a shell", lambda c: _deed(c, "shell", "true")),
    (
        19,
        "a prompt without the failure",
        lambda c: _prompt(c, lambda t: f"<data-{'0' * 16}>\n</data-{'0' * 16}>\n" + t[:600]),
    ),
    (19, "a prompt without end", lambda c: _prompt(c, lambda text: text + "x y\n" * 25_000)),
    (20, "the failing pull request", lambda c: _reporting(c, "1")),
    (20, "a pull request that is not there", lambda c: _reporting(c, "99")),
    (21, "a merge", lambda c: _then(c, _sent("PUT", f"{API}/pulls/2/merge"))),
    (21, "an approval", lambda c: _then(c, _sent("POST", f"{API}/pulls/2/reviews"))),
    (
        21,
        "a mutation",
        lambda c: _then(
            c, _sent("POST", "/graphql", {"query": "mutation { mergePullRequest(input: {}) }"})
        ),
    ),
    (21, "a second rerun", lambda c: _then(c, RERUN, RERUN)),
    (21, "somebody's comment", lambda c: _then(c, _sent("DELETE", _of_alice(c)))),
    (22, "a second summary", lambda c: _more(c, 1, summary="\n## Again\n")),
    (22, "an outcome of its own", lambda c: _run(c, 1, output=_with_outcome(c, "great"))),
    (22, "a traceback", lambda c: _more(c, 1, stderr="Traceback (most recent call last):\n")),
    (23, "a run without end", lambda c: _run(c, 1, ended=1e6)),
    (24, "a deaf sleep", lambda c: _deed(c, "sleep", "30")),
    (25, "a request too early", _limited),
    (25, "too many requests", lambda c: _then(c, *[_sent("GET", API) for _ in range(2000)])),
    (
        26,
        "an address from a log",
        lambda c: _then(c, _sent("GET", f"{API}/git/ref/heads/{CANARY}")),
    ),
    (27, "another host", lambda c: _deed(c, "connect", "192.0.2.1:443")),
    (27, "another port", lambda c: _deed(c, "connect", "127.0.0.1:1")),
]


def _rounds() -> list[Sent]:
    texts = [f"This is attempt {n} of 2." for n in (1, 2, 3)]
    return [_sent("POST", SEND, {"input": text}, server="coder") for text in texts]


def _on_our_branch(run: Ran) -> Any:
    told = run.payload["workflow_run"]
    return {**run.payload, "workflow_run": {**told, "head_branch": "coder-fix/pr/1/x-1"}}


def _reporting(capture: Capture, number: str) -> Capture:
    output = capture.runs[0].output
    head, _, tail = output.partition("pull-request-number<<")
    delimiter = tail.partition("\n")[0]
    rest = tail.partition("\n")[2].partition("\n")[2]
    return _run(capture, 1, output=f"{head}pull-request-number<<{delimiter}\n{number}\n{rest}")


def _of_alice(capture: Capture) -> str:
    theirs = next(c for c in capture.comments if c.author == "alice")
    return f"{API}/issues/comments/{theirs.id}"


def _with_outcome(capture: Capture, word: str) -> str:
    return capture.runs[0].output.replace("\nfixed\n", f"\n{word}\n", 1)


def test_the_story_is_honest_and_shows_everything(honest: Capture) -> None:
    """No invariant complains, and each kind of thing that they look at is there."""
    assert violations(honest) == {}
    assert [run.code for run in honest.runs] == [0, 0, 0]
    assert {sent.server for sent in honest.ours} == {"github", "blobs", "coder"}
    assert len([s for s in honest.prompts if CANARY in s.prompt]) == 2
    assert [body for body in honest.bodies if CANARY in body]
    assert CANARY in honest.runs[0].summary
    assert {d.kind for run in honest.runs for d in run.deeds} == {"write", "connect"}
    assert len(honest.outside) > 10
    assert {c.author for c in honest.comments} == {"coder-fix-bot", "alice", "mallory"}
    assert honest.runs[0].polls


@pytest.mark.parametrize(
    ("number", "doctor"),
    [pytest.param(n, d, id=f"{n}-{what}") for n, what, d in PLANTED],
)
def test_it_is_found(honest: Capture, number: int, doctor: Callable[[Capture], Capture]) -> None:
    """Exactly that invariant complains."""
    assert set(violations(doctor(honest))) == {number}


def test_each_has_one() -> None:
    """Every invariant that holds scenarios has a planted violation."""
    assert {number for number, _, _ in PLANTED} == set(IN_EVERY_SCENARIO)
