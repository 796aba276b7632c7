"""Plain pages for people who follow a link into the sandbox: repository, pull request, run, log."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from bot.sandbox.github_runs import Job, WorkflowRun
from bot.sandbox.github_state import Issue, Repository
from bot.sandbox.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from bot.sandbox.github_server import GitHubServer

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "pre{background:#f6f8fa;padding:1rem;overflow:auto;white-space:pre-wrap}"
    "td{padding:.2rem 1rem .2rem 0}.failure{color:#b30000}.success{color:#116329}"
)
_PATH = re.compile(
    r"/(?P<owner>[^/]+)/(?P<name>[^/]+)"
    r"(?:/(?:pull|issues)/(?P<number>\d+)|/actions/runs/(?P<run>\d+)(?:/job/(?P<job>\d+))?)?/?"
)


def wants_page(request: HttpRequest) -> bool:
    """Whether a browser asks; API clients name JSON or anything."""
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")


def serve_page(server: GitHubServer, request: HttpRequest) -> HttpResponse:
    """The page of a path, without any token: the sandbox is on loopback and holds no secrets."""
    match = _PATH.fullmatch(request.path)
    found = server.state.repository(f"{match['owner']}/{match['name']}") if match else None
    if request.path == "/":
        return _page("Sandbox GitHub", [_index(server)])
    if match is None or found is None:
        return _page("Not found", [], 404)
    if match["number"]:
        issue = found.issues.get(int(match["number"]))
        return _issue(found, issue) if issue else _page("Not found", [], 404)
    if match["run"]:
        run = found.run(int(match["run"]))
        return _run(found, run, match["job"] or "") if run else _page("Not found", [], 404)
    return _repository(found)


def _index(server: GitHubServer) -> str:
    names = (repository.full_name for repository in server.state.repositories.values())
    return _table([(_link(f"/{name}", name),) for name in names])


def _repository(repository: Repository) -> HttpResponse:
    base = f"/{repository.full_name}"
    issues = [
        (_link(f"{base}/pull/{i.number}", f"#{i.number}"), escape(i.title), i.state)
        for i in repository.issues.values()
    ]
    runs = [
        (
            _link(f"{base}/actions/runs/{run.id}", str(run.id)),
            escape(f"{run.workflow.name}: {run.display_title}"),
            escape(f"{run.event} on {run.head_branch}"),
            _mark(run.conclusion or run.status),
        )
        for run in reversed(repository.runs)
    ]
    branches = [(escape(ref), sha[:12]) for ref, sha in repository.git.refs().items()]
    parts = ["<h2>Issues and pull requests</h2>", _table(issues), "<h2>Runs</h2>", _table(runs)]
    return _page(repository.full_name, [*parts, "<h2>Refs</h2>", _table(branches)])


def _issue(repository: Repository, issue: Issue) -> HttpResponse:
    parts = [f"<p>{issue.state}, by {escape(issue.user.login)}</p>", _text(issue.body or "")]
    pull = repository.pulls.get(issue.number)
    if pull:
        source = f"{pull.head.full_name}:{pull.head_ref}"
        draft = "draft, " if pull.draft else ""
        parts.insert(0, f"<p>{draft}{escape(source)} → {escape(pull.base_ref)}</p>")
        runs = [run for run in repository.runs if run.head_sha == pull.head_sha]
        base = f"/{repository.full_name}/actions/runs"
        checks = [
            (_link(f"{base}/{run.id}/job/{job.id}", job.name), _mark(job.conclusion or job.status))
            for run in runs
            for job in run.latest_jobs()
        ]
        parts += ["<h2>Checks</h2>", _table(checks)]
    for comment in issue.comments:
        parts += [f"<h3>{escape(comment.user.login)}</h3>", _text(comment.body)]
    return _page(f"#{issue.number} {issue.title}", parts)


def _run(repository: Repository, run: WorkflowRun, wanted: str) -> HttpResponse:
    base = f"/{repository.full_name}/actions/runs/{run.id}/job"
    rows = [
        (
            _link(f"{base}/{job.id}", job.name),
            f"attempt {job.attempt}",
            _mark(job.conclusion or job.status),
        )
        for job in run.jobs
    ]
    jobs = [job for job in run.jobs if str(job.id) == wanted]
    parts = [f"<p>{escape(run.problem)}</p>", _table(rows), *(_log(job) for job in jobs)]
    return _page(f"{run.workflow.name} #{run.number}", parts)


def _log(job: Job) -> str:
    text = (job.log or b"").decode("utf-8-sig", errors="replace")
    return f"<h2>{escape(job.name)}</h2>" + _text(re.sub(r"\x1b\[[0-9;]*m", "", text))


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def _link(path: str, text: str) -> str:
    return f'<a href="{escape(path)}">{escape(text)}</a>'


def _mark(word: str) -> str:
    return f'<span class="{escape(word)}">{escape(word)}</span>'


def _text(text: str) -> str:
    return f"<pre>{escape(text)}</pre>"


def _page(title: str, parts: Iterable[str], status: int = 200) -> HttpResponse:
    head = f"<meta charset=utf-8><title>{escape(title)}</title><style>{_STYLE}</style>"
    body = f"<!doctype html>{head}<h1>{escape(title)}</h1>{''.join(parts)}"
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    }
    return HttpResponse(status, body.encode(), headers)
