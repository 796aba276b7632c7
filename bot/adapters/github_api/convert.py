"""GitHub's JSON, of the REST API and of webhooks alike, to our nouns. Pure.

Absent, null and unknown values are tolerated wherever GitHub's description allows them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.model import (
    Alert,
    Annotation,
    Check,
    Job,
    JobStep,
    PullRequest,
    Repository,
    Severity,
    WorkflowRun,
)
from bot.ports import Comment
from bot.triggers.package_names import PackageNameError, read_package
from bot.untrusted import Untrusted

Json = Mapping[str, Any]


def time(value: str | None) -> datetime | None:
    """An RFC 3339 time; None stays None."""
    return datetime.fromisoformat(value) if value else None


def _login(user: Json | None) -> str:
    return str(user["login"]) if user else ""


def actor(data: Json | None) -> str:
    """REST's login of GraphQL's actor, which leaves an app's `[bot]` away; empty for None."""
    if data is None:
        return ""
    return f"{data['login']}[bot]" if data["__typename"] == "Bot" else str(data["login"])


def _full_name(repository: Json | None) -> str:
    return str(repository["full_name"]) if repository else ""


def repository(data: Json) -> Repository:
    """From a repository object."""
    return Repository(
        full_name=data["full_name"],
        id=data["id"],
        default_branch=data["default_branch"],
        url=data["html_url"],
    )


def run(data: Json) -> WorkflowRun:
    """From a workflow run object. `path` may carry `@ref`, which is not part of the file's name."""
    return WorkflowRun(
        id=data["id"],
        attempt=data.get("run_attempt") or 1,
        workflow_id=data["workflow_id"],
        name=Untrusted(data.get("name") or ""),
        path=str(data.get("path") or "").partition("@")[0],
        event=data["event"],
        status=data["status"],
        conclusion=data.get("conclusion"),
        head_sha=data["head_sha"],
        head_branch=data.get("head_branch") or "",
        head_repository=_full_name(data.get("head_repository")),
        url=data["html_url"],
        actor=_login(data.get("actor")),
        pull_request_numbers=tuple(p["number"] for p in data.get("pull_requests") or ()),
        created_at=time(data.get("created_at")),
        updated_at=time(data.get("updated_at")),
        display_title=Untrusted(data.get("display_title") or ""),
        head_message=Untrusted((data.get("head_commit") or {}).get("message") or ""),
    )


def job(data: Json) -> Job:
    """From a job object; the check run's id is the end of its address."""
    check_run = str(data.get("check_run_url") or "").rpartition("/")[2]
    return Job(
        id=data["id"],
        name=Untrusted(data["name"]),
        status=data["status"],
        conclusion=data.get("conclusion"),
        steps=tuple(_step(s) for s in data.get("steps") or ()),
        url=data.get("html_url") or "",
        run_attempt=data.get("run_attempt") or 1,
        runner_name=data.get("runner_name") or "",
        check_run_id=int(check_run) if check_run.isdigit() else 0,
        started_at=time(data.get("started_at")),
        completed_at=time(data.get("completed_at")),
    )


def _step(data: Json) -> JobStep:
    return JobStep(
        number=data["number"],
        name=Untrusted(data["name"]),
        status=data["status"],
        conclusion=data.get("conclusion"),
        started_at=time(data.get("started_at")),
        completed_at=time(data.get("completed_at")),
    )


def annotation(data: Json) -> Annotation:
    """From an annotation of a check run."""
    return Annotation(
        path=data.get("path") or "",
        line=data.get("start_line") or 0,
        level=data.get("annotation_level") or "",
        title=Untrusted(data.get("title") or ""),
        message=Untrusted(data.get("message") or ""),
    )


def pull_request(data: Json) -> PullRequest:
    """From a pull request object, of a list or whole. `head.repo` is null for a deleted fork."""
    return PullRequest(
        number=data["number"],
        url=data["html_url"],
        title=Untrusted(data["title"]),
        body=Untrusted(data.get("body") or ""),
        state=data["state"],
        draft=bool(data.get("draft")),
        merged=bool(data.get("merged_at")),
        author=_login(data.get("user")),
        head_ref=data["head"]["ref"],
        head_sha=data["head"]["sha"],
        head_repository=_full_name(data["head"].get("repo")),
        base_ref=data["base"]["ref"],
        base_sha=data["base"]["sha"],
        labels=tuple(label["name"] for label in data.get("labels") or ()),
        mergeable_state=data.get("mergeable_state") or "",
        created_at=time(data.get("created_at")),
        closed_at=time(data.get("closed_at")),
    )


def comment(data: Json) -> Comment:
    """From an issue comment; the author of a deleted account is empty."""
    return Comment(
        id=data["id"],
        author=_login(data.get("user")),
        body=Untrusted(data.get("body") or ""),
        url=data["html_url"],
        edited=data.get("updated_at") != data.get("created_at"),
        thread=_last_number(data.get("issue_url") or data.get("pull_request_url") or ""),
    )


def _last_number(address: str) -> int:
    """The number at the end of an API address, 0 where there is none."""
    last = address.rpartition("/")[2]
    return int(last) if last.isdigit() else 0


def check_run(data: Json) -> Check:
    """From a check run."""
    return Check(
        name=Untrusted(data["name"]),
        status=data["status"],
        conclusion=data.get("conclusion"),
        url=data.get("html_url") or data.get("details_url") or "",
        app=(data.get("app") or {}).get("slug") or "",
        job_id=data["id"],
        suite_id=(data.get("check_suite") or {}).get("id") or 0,
    )


_STATES = {"success": "success", "failure": "failure", "error": "failure"}


def status(data: Json) -> Check:
    """From one status of a combined status; `pending` is not finished."""
    conclusion = _STATES.get(data["state"])
    return Check(
        name=Untrusted(data["context"]),
        status="completed" if conclusion else "in_progress",
        conclusion=conclusion,
        url=data.get("target_url") or "",
    )


_ADVISORY = re.compile(r"GHSA(?:-[0-9a-z]{4}){3}")
_ECOSYSTEM = re.compile(r"[a-z][a-z_-]{0,39}")


def alert(data: Json) -> Alert:
    """From a Dependabot alert; texts that do not have the form of their kind are empty."""
    advisory, fault = data["security_advisory"], data["security_vulnerability"]
    package, dependency = fault["package"], data["dependency"]
    name, patched = _package(package["name"], fault.get("first_patched_version"))
    return Alert(
        number=data["number"],
        package=name,
        ecosystem=_formed(_ECOSYSTEM, package["ecosystem"]),
        severity=_severity(fault["severity"]),
        patched=patched,
        advisory=_formed(_ADVISORY, advisory["ghsa_id"]),
        summary=Untrusted(advisory.get("summary") or ""),
        manifest=Untrusted(dependency.get("manifest_path") or ""),
        url=data["html_url"],
        created_at=datetime.fromisoformat(data["created_at"]),
    )


def _package(name: str, patched: Json | None) -> tuple[str, str]:
    version = str((patched or {}).get("identifier") or "")
    try:
        if read_package(name).name != name:
            return "", ""  # a version in the name
    except PackageNameError:
        return "", ""
    try:
        return name, read_package(f"{name}@{version}").version if version else ""
    except PackageNameError:
        return name, ""


def _formed(form: re.Pattern[str], text: str) -> str:
    return text if form.fullmatch(text) else ""


def _severity(word: str) -> Severity:
    """GraphQL's word for the second is another one. What is none of them never counts as more."""
    known = {"moderate": Severity.MEDIUM, **{s.value: s for s in Severity}}
    return known.get(word.lower(), Severity.LOW)
