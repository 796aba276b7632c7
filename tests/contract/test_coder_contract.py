"""The contract check itself: what is right passes, what is planted is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.http import Exchange, HttpRequest, HttpResponse
from tests.coder_fixtures import strict_coders
from tests.contract.coder_contract import CoderContract, request_findings, response_findings
from tests.sandbox.coder_rig import RECORDINGS, interactions

ID = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
TOKEN = {"coder-session-token": "0123456789-bbbbbbbbbbbbbbbbbbbbbb"}
JSON = {**TOKEN, "content-type": "application/json"}
TASK = {"template_version_id": ID, "input": "Repair it.", "name": "cf-1", "display_name": "CI"}
CHAT = {"organization_id": ID, "content": [{"type": "text", "text": "Repair it."}]}


def request(method: str, url: str, body: Any = None, headers: Any = None) -> HttpRequest:
    """A request as the sandbox sees it."""
    path, _, query = url.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    values: dict[str, list[str]] = {}
    for name, _, value in pairs:
        values.setdefault(name, []).append(value)
    raw = b"" if body is None else json.dumps(body).encode()
    given = JSON if body is not None else TOKEN
    return HttpRequest(method, path, values, headers or given, raw)


@pytest.mark.parametrize(
    "right",
    [
        request("POST", "/api/v2/tasks/me", TASK),
        request("POST", "/api/experimental/chats", {**CHAT, "labels": {"coder-fix/item": "ab12"}}),
        request("GET", "/api/v2/chats?label=a:b&label=c:d&limit=50"),
        request("GET", f"/api/v2/workspaces/{ID}?include_deleted=true"),
        request("POST", f"/api/v2/tasks/me/{ID}/pause"),
        request("GET", "/api/v2/buildinfo", headers={"accept": "application/json"}),
    ],
    ids=lambda right: right.url,
)
def test_right_request_has_no_findings(right: HttpRequest) -> None:
    """A request that the description allows is let through."""
    assert request_findings(right) == []


@pytest.mark.parametrize(
    ("wrong", "finding"),
    [
        (request("POST", "/api/v2/tasks/me", {**TASK, "presset_id": ID}), "'presset_id' was une"),
        (
            request("POST", "/api/v2/tasks/me", {**TASK, "name": "a_b"}),
            "name: 'a_b' does not match",
        ),
        (
            request("POST", "/api/v2/tasks/me", {"input": "x"}),
            "'template_version_id' is a required",
        ),
        (
            request("POST", f"/api/v2/workspaces/{ID}/builds", {"transition": "halt"}),
            "transition: 'halt' is not one of",
        ),
        (
            request("POST", "/api/v2/chats", {**CHAT, "content": [{"type": "text", "txt": "x"}]}),
            "content/0: Additional properties",
        ),
        (
            request("POST", f"/api/v2/chats/{ID}/messages", {**CHAT, "busy_behavior": "shout"}),
            "busy_behavior: 'shout' is not one of",
        ),
        (request("GET", "/api/v2/tasks?query=owner:me"), "query query: not described"),
        (request("GET", "/api/v2/tasks?q=a&q=b"), "query q: given 2 times"),
        (request("GET", "/api/v2/chats?limit=many"), "query limit: .: 'many' is not of type"),
        (request("GET", "/api/v2/workspaces/ws-1"), "path workspace: .: 'ws-1' is not a 'uuid'"),
        (request("POST", f"/api/v2/tasks/me/{ID}/resume", {}), "body: none is described"),
        (request("DELETE", f"/api/v2/chats/{ID}"), "no such operation"),
        (request("GET", "/api/v2//tasks"), "no such operation"),
        (request("GET", "/api/v2/users/me", headers={"cookie": "a=b"}), "header cookie: never"),
        (
            request("GET", "/api/v2/users/me", headers={"accept": "*/*"}),
            "Coder-Session-Token: miss",
        ),
        (request("POST", "/api/v2/tasks/me", TASK, headers=TOKEN), "Content-Type"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.method,
)
def test_planted_wrong_request_is_found(wrong: HttpRequest, finding: str) -> None:
    """A typo that the real server would ignore, or an enumeration missed, is a finding."""
    assert finding in "\n".join(request_findings(wrong))


@pytest.mark.parametrize(
    ("status", "body", "finding"),
    [
        (200, {"id": ID}, "response .: 'username' is a required property"),
        (418, {"message": "teapot"}, "status 418: not described"),
    ],
)
def test_answer_that_real_coder_never_gives_is_found(status: int, body: Any, finding: str) -> None:
    """The sandbox is held to the description as well."""
    exchange = Exchange("coder", request("GET", "/api/v2/users/me"), HttpResponse(status, body))

    assert finding in "\n".join(response_findings(exchange))


def test_injected_fault_is_no_finding() -> None:
    """What a test throws at the client may be anything; the request before it may not."""
    broken = HttpResponse(502, b"<html>")
    asked = request("GET", "/api/v2/tasks?query=x")
    contract = CoderContract()

    contract(Exchange("coder", asked, broken, fault="bad gateway"))

    assert contract.findings == [f"GET {asked.url}: query query: not described"]


@pytest.mark.parametrize(
    "cassette",
    [
        str(path.relative_to(RECORDINGS).with_suffix(""))
        for path in sorted(RECORDINGS.glob("*/*.yaml"))
    ],
)
def test_description_allows_what_real_servers_answered(cassette: str) -> None:
    """Each recorded answer of a described operation is valid against the description."""
    findings = []
    for interaction in interactions(cassette):
        recorded, response = interaction["request"], interaction["response"]
        url = recorded["uri"].removeprefix("https://coder.example.com")
        body = response["body"].get("string", "")
        raw = body if isinstance(body, bytes) else body.encode()
        answer = HttpResponse(response["status"]["code"], raw or None)
        asked = request(recorded["method"], url)
        # A word in place of an id is another, undescribed operation.
        described = not any(f.startswith("path ") for f in request_findings(asked))
        if described and answer.status < 300:
            findings += response_findings(Exchange("coder", asked, answer))

    assert findings == []


def test_finding_fails_the_test_that_caused_it(tmp_path: Path) -> None:
    """The fixture's end is a failure when any exchange had a finding."""
    coders = strict_coders(tmp_path)
    coder = next(coders)()

    coder.serve(request("GET", "/api/v2/tasks?query=x"))

    with pytest.raises(pytest.fail.Exception, match="query query: not described"):
        next(coders)
