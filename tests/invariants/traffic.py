"""Invariants of what is sent: to whom, with which token, how often, and what is never asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from tests.invariants.capture import Capture, Sent
from tests.security.encodings import holds

_UNASKED = 60.0
"""Seconds for which a limit holds that says nothing (docs: secondary rate limits)."""
BASE_REQUESTS = 60
REQUESTS_FOR_A_POLL = 12
REQUESTS_FOR_AN_ITEM = 30
_NEVER = (
    ("PUT", r".*/pulls/\d+/merge"),
    ("POST", r".*/merges"),
    ("POST", r".*/pulls/\d+/reviews.*"),
    ("PUT", r".*/pulls/\d+/reviews/\d+/dismissals"),
    ("POST", r".*/actions/runs/\d+/(?:approve|rerun|cancel|force-cancel|pending_deployments)"),
    ("POST", r".*/actions/jobs/\d+/rerun"),
    ("DELETE", r".*/git/refs/.*"),
    ("PATCH", r".*/git/refs/.*"),
    ("PUT", r".*/contents/.*"),
)
_NEVER_BY_GRAPHQL = re.compile(
    r"mutation.*(?:mergePullRequest|enablePullRequestAutoMerge|addPullRequestReview|"
    r"dismissPullRequestReview|enqueuePullRequest|mergeBranch|rerequestCheckSuite)",
    re.DOTALL,
)
_RERUN = re.compile(r".*/actions/runs/(\d+)/rerun-failed-jobs")
_COMMENT = re.compile(r".*/issues/comments/(\d+)")


def tokens_stay_at_their_origin(capture: Capture) -> Iterator[str]:
    """4: each server is sent its own credentials only, and http goes to loopback only."""
    for sent in capture.ours:
        headers = sent.exchange.request.headers
        allowed = {"github": "authorization", "coder": "coder-session-token"}.get(sent.server)
        for name in ("authorization", "coder-session-token", "cookie"):
            if name in headers and name != allowed:
                yield f"{sent.server} was sent `{name}`: {sent.path}"
        host = headers.get("host", "127.0.0.1").rpartition(":")[0]
        if host not in {"", "127.0.0.1", "localhost"}:
            yield f"http to {host}"


def no_token_for_another(capture: Capture) -> Iterator[str]:
    """5: in no part of a request to a server stands a token of the other one."""
    for sent in capture.ours:
        request = sent.exchange.request
        whole = "\n".join((request.url, *request.headers.values(), sent.text))
        for name, value in capture.secrets.items():
            own = name.startswith(f"{sent.server}-token")
            # Its own token is at home in a header, and nowhere else.
            text = f"{request.url}\n{sent.text}" if own else whole
            if form := holds(text, value):
                yield f"{sent.server} was sent the {name} ({form}): {sent.method} {sent.path}"


def looks_before_it_creates_again(capture: Capture) -> Iterator[str]:
    """3: after a failed request to create something, a look comes before the next one."""
    failed: dict[str, Sent] = {}
    for sent in capture.ours:
        kind = _creates(sent)
        if not kind:
            if sent.method == "GET" and sent.status in {200, 304, 404}:
                failed = {k: s for k, s in failed.items() if not _looks_up(sent, s)}
            continue
        if kind in failed:
            yield f"{sent.path} again, without a look after status {failed[kind].status}"
        if sent.status in {0, 409} or sent.status >= 500:
            failed[kind] = sent
        else:
            failed.pop(kind, None)


def _creates(sent: Sent) -> str:
    """What a request creates, as the key under which it would be twice; empty for none."""
    if sent.creates_session:
        return f"session {sent.session_key}"
    if sent.method == "POST" and re.fullmatch(
        r".*/(?:issues/\d+/comments|pulls|issues)", sent.path
    ):
        return f"{sent.path} {sent.json.get('head', '')}"
    return ""


def _looks_up(look: Sent, failed: Sent) -> bool:
    """Whether that read tells what became of the request that failed."""
    if look.server != failed.server:
        return False
    if failed.creates_session:
        return bool(re.search(r"/(?:tasks|chats)(?:/|$)", look.path))
    # Issues of ours and pull requests of a branch are listed; so are comments.
    return look.path in {failed.path, failed.path.removesuffix("/issues") + "/issues"}


def never_more_than_its_part(capture: Capture) -> Iterator[str]:
    """21: no merge, approval, dismissal or auto-merge; one rerun a run; only own comments."""
    theirs = {str(c.id) for c in capture.comments if c.author not in capture.bots}
    reruns: Counter[str] = Counter()
    for sent in capture.ours:
        for method, pattern in _NEVER:
            if sent.method == method and re.fullmatch(pattern, sent.path):
                yield f"{method} {sent.path}"
        if sent.path.endswith("/graphql") and _NEVER_BY_GRAPHQL.search(sent.text):
            yield f"a mutation: {sent.text[:80]}"
        if (edited := _COMMENT.fullmatch(sent.path)) and sent.is_write and edited[1] in theirs:
            yield f"somebody else's comment: {sent.method} {sent.path}"
        if (rerun := _RERUN.fullmatch(sent.path)) and sent.status == 201:
            reruns[rerun[1]] += 1
    yield from (f"run {run} was rerun {n} times" for run, n in reruns.items() if n > 1)


def limits_are_kept(capture: Capture) -> Iterator[str]:
    """25: nothing is asked before a limit ends, and no more than a run's polls explain."""
    until: dict[str, tuple[float, float]] = {}
    for sent in capture.ours:
        began, end = until.get(sent.server, (0.0, 0.0))
        # What was on its way at the same moment could not know.
        if began < sent.at < end:
            yield f"{sent.server} {end - sent.at:.0f} s too early: {sent.path}"
        if seconds := _limited(sent):
            until[sent.server] = (sent.at, sent.at + seconds)
    for run in capture.runs:
        items = max(1, run.output.count('"outcome":'))
        most = BASE_REQUESTS + REQUESTS_FOR_A_POLL * run.polls + REQUESTS_FOR_AN_ITEM * items
        asked = len(capture.of(run))
        if asked > most:
            yield f"run {run.number}: {asked} requests, {run.polls} polls, {items} items"


def _limited(sent: Sent) -> float:
    """For how many seconds the answer says to stay away; 0 where it does not."""
    headers = {k.lower(): v for k, v in sent.exchange.response.headers.items()}
    used_up = headers.get("x-ratelimit-remaining") == "0"
    if sent.status not in {403, 429} or not (
        sent.status == 429 or "retry-after" in headers or used_up
    ):
        return 0.0
    if "retry-after" in headers:
        return float(headers["retry-after"])
    if used_up and "date" in headers and "x-ratelimit-reset" in headers:
        reset = float(headers["x-ratelimit-reset"])
        return reset - parsedate_to_datetime(headers["date"]).timestamp()
    return _UNASKED
