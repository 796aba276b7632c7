"""Whatever the servers, the tokens and the inputs are like: a finding or `?`, never a crash."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.adapters.backends.coder_http import CoderHttp
from bot.adapters.github_api import client
from bot.doctor.examine import every_check
from bot.sandbox.http import Fault, HttpRequest, HttpResponse
from tests.app_keys import APP_ID, key
from tests.doctor.scenarios import CLASSIC, Portal
from tests.doctor.world import BOT, TOKEN, World, world

__all__ = ["world"]
ROOT = Path(__file__).parents[2]
EVERY = {check.id for check in every_check()}
HTML = HttpResponse(200, b"<!doctype html><p>Sign in", {"content-type": "text/html"})


def process(variables: Mapping[str, str], *flags: str) -> subprocess.CompletedProcess[str]:
    """`python -m bot doctor …` as a process of its own."""
    kept = {k: os.environ[k] for k in ("PATH", "HOME") if k in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "bot", "doctor", *flags],
        env=kept | dict(variables) | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_process_itself_says_the_same(world: World) -> None:
    """`python -m bot doctor`: text on stdout, nothing on stderr, the exit code by the worst."""
    fine = process(world.variables())
    world.settings.archived = True
    broken = process(world.variables(), "--quiet")

    assert (fine.returncode, fine.stderr) == (0, "")
    assert "✓ The repository is there" in fine.stdout
    assert "\x1b" not in fine.stdout
    assert broken.returncode == 2
    assert "✗ The repository can be changed [repository-archived]" in broken.stdout
    assert "✓" not in broken.stdout


def test_nothing_is_given(tmp_path: Path) -> None:
    """Without any variable both sides are unnamed, and every other question is still told of."""
    done = process({"GITHUB_WORKSPACE": str(tmp_path)}, "--format", "json")

    assert (done.returncode, done.stderr) == (2, "")
    found = {f["id"]: f["status"] for f in json.loads(done.stdout)["findings"]}
    assert found["github-inputs"] == found["coder-inputs"] == "broken"
    assert found["branch-rules"] == found["coder-quota"] == "unseen"


@pytest.mark.parametrize("side", ["github", "coder"])
@pytest.mark.parametrize(
    "answer",
    [
        HTML,
        HttpResponse(502, b"<h1>Bad gateway"),
        HttpResponse(503, {"message": "starting"}),
        HttpResponse(200, b"not json", {"content-type": "application/json"}),
        HttpResponse(200, {}),
        HttpResponse(200, []),
        HttpResponse(302, None, {"location": "https://login.example.com/"}),
        HttpResponse(403, b"Forbidden", {"content-type": "text/plain"}),
        HttpResponse(200, {"message": "x" * 100_000, "version": "v" * 10_000}),
        None,
    ],
    ids=["html", "502", "503", "not-json", "object", "list", "moved", "403", "huge", "dropped"],
)
def test_one_side_is_down_and_the_other_is_examined(
    world: World, side: str, answer: HttpResponse | None
) -> None:
    """The side in trouble has one broken finding of its own; the other side's are as ever."""

    def hook(_: HttpRequest) -> None:
        raise Fault("strange", respond=answer)

    server, other = (world.github, "coder"), (world.coder, "github")
    broken, well = (server, "coder") if side == "github" else (other, "github")
    broken[0].fault_hooks.append(hook)
    report = world.doctor()

    assert report.code in {2, 3}
    bad = {name for name in report.bad if name.startswith((f"{side}-", "repository"))}
    assert len(bad) == 1
    assert set(report.bad) == bad
    assert report.findings[f"{well}-token"]["status"] == "ok"
    unseen = [f for f in report.findings.values() if f["status"] == "unseen"]
    assert len(unseen) > 5


STRANGE: dict[str, HttpResponse] = {
    "null": HttpResponse(200, b"null", {"content-type": "application/json"}),
    "list of junk": HttpResponse(200, [None, 1, "x", {}, {"name": None}]),
    "object of junk": HttpResponse(200, {"id": {}, "message": [], "errors": 3, "secrets": [7]}),
    "forbidden": HttpResponse(403, {"message": "Resource not accessible"}),
    "server error": HttpResponse(500, {"message": "An internal server error occurred."}),
}


@pytest.mark.parametrize("kind", STRANGE)
def test_each_answer_may_be_strange(world: World, kind: str) -> None:
    """One request after the other is answered strangely: all the others are still judged."""
    healthy = world.doctor()
    paths = sorted({x.request.path for s in (world.github, world.coder) for x in s.exchanges})
    assert len(paths) > 25

    for path in paths:

        def hook(request: HttpRequest, path: str = path) -> None:
            if request.path == path:
                raise Fault(kind, respond=STRANGE[kind])

        for server in (world.github, world.coder):
            server.fault_hooks[:] = [hook]
        report = world.doctor()
        assert report.code in {0, 2, 3}, path
        assert set(healthy.findings) - set(report.findings) <= EVERY, path
        assert len(report.findings) > 20, path


def test_a_token_without_rights(world: World) -> None:
    """It is named what is refused; what only an administrator sees is `?`, with who can look."""
    world.grant.permissions = {}
    report = world.doctor()

    says = report.findings["github-token-permissions"]["says"]
    for permission in ("actions: read", "checks: read", "contents: read", "issues: read"):
        assert permission in says
    for hidden in ("actions-enabled", "workflow-on-default-branch"):
        assert report.findings[hidden]["status"] == "unseen"
        assert report.findings[hidden]["who"]


def test_a_token_with_half_the_rights(world: World) -> None:
    """What the workflow example grants is enough; settings and secrets are `?`."""
    for name in ("administration", "secrets", "dependabot_secrets"):
        world.grant.permissions[name] = "none"
    report = world.doctor()

    assert report.bad == {}
    for hidden in ("actions-enabled", "secrets"):
        assert "administrator" in report.findings[hidden]["who"].lower()


@pytest.mark.parametrize("path", ["templates", "presets", "keys/tokens", "roles", "users/me"])
def test_an_upgrade_begins_in_the_middle(world: World, path: str) -> None:
    """From some request on, Coder answers 502: no crash, and GitHub's side is whole."""
    begun: list[str] = []

    def hook(request: HttpRequest) -> None:
        if begun or request.path.endswith(path):
            begun.append(request.path)
            raise Fault("upgrade", respond=HttpResponse(502, b"<h1>Bad gateway"))

    world.coder.fault_hooks.append(hook)
    report = world.doctor()

    assert begun
    assert report.code in {0, 3}
    assert not [n for n in report.bad if not n.startswith("coder-answers")]
    assert report.findings["repository"]["status"] == "ok"


def test_servers_that_never_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is taken and then silent is a finding after the time limit."""
    quick = httpx.Timeout(0.2)
    defaults: Any = CoderHttp._once.__kwdefaults__
    monkeypatch.setitem(defaults, "timeout", quick)
    monkeypatch.setattr(client, "_TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0), backlog=20) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        world.env |= {"GITHUB_API_URL": address, "INPUT_CODER-URL": address}
        report = world.doctor()

    assert report.code == 3
    assert set(report.bad) == {"github-answers", "coder-answers"}
    assert "timed out" in report.findings["coder-answers"]["says"]


def test_an_interrupt_ends_it_at_once(world: World) -> None:
    """Ctrl-C while a server is silent: exit 130, no traceback."""
    with socket.create_server(("127.0.0.1", 0), backlog=20) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        env = world.variables() | {"GITHUB_API_URL": address, "INPUT_CODER-URL": address}
        kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        running = subprocess.Popen(
            [sys.executable, "-m", "bot", "doctor"],
            env=kept | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        taken, _ = silent.accept()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
        taken.close()

    assert (running.returncode, out, err) == (130, "", "")


def test_expired_tokens(world: World) -> None:
    """Both are named as what they are, with how to renew them."""
    past = datetime.now(UTC) - timedelta(days=1)
    world.grant.expires_at = past
    world.token.expires_at = past
    report = world.doctor()

    assert set(report.bad) == {"github-token", "coder-token"}
    assert "has expired" in report.findings["coder-token"]["says"]


def test_no_secret_is_shown(world: World) -> None:
    """Neither token, nor a proxy's password, nor one written into a workflow, in any form."""
    leaked = f"{'k' * 10}-{'s' * 22}"
    workflow = world.repository.read("main", ".github/workflows/coder-fix.yml")
    world.write("coder-fix.yml", workflow.replace("${{ secrets.CODER_TOKEN }}", leaked))
    world.env["HTTPS_PROXY"] = "http://user:correct-horse@127.0.0.1:3128"
    world.github.tokens.grant(CLASSIC, login=BOT, permissions={})
    world.coder.fault_hooks.append(_echo)
    for token in (TOKEN, CLASSIC):
        world.env["INPUT_GITHUB-TOKEN"] = token
        for flags in ([], ["--format", "json"]):
            _, said = world.run(*flags)
            for secret in (TOKEN, CLASSIC, world.token.text, world.token.secret, leaked,
                           "correct-horse"):  # fmt: skip
                assert secret not in said


def _echo(request: HttpRequest) -> None:
    """A server that puts the token into its error."""
    if request.path.endswith("/users/me"):
        token = request.headers["coder-session-token"]
        raise Fault("echo", respond=HttpResponse(401, {"message": "Bad", "detail": token}))


def test_an_address_with_a_password_is_not_shown(world: World) -> None:
    """A user name in coder-url is refused, and what is shown of the address has none."""
    world.env["INPUT_CODER-URL"] = world.coder.url.replace("://", "://bob:correct-horse@")
    for flags in ([], ["--format", "json"]):
        code, said = world.run(*flags)
        assert code == 2
        assert "correct-horse" not in said


@pytest.mark.parametrize(
    ("app_id", "pem", "finding", "words"),
    [
        ("", key().private, "github-app-id", "`github-app-id` is empty"),
        ("my-app", key().private, "github-app-id", "neither an App's id nor its client id"),
        (str(APP_ID), "", "github-app-key", "`github-app-private-key` is empty"),
        (str(APP_ID), "key.pem", "github-app-key", "holds no RSA private key"),
        (str(APP_ID), key().private[:600], "github-app-key", "holds no RSA private key"),
    ],
    ids=["no id", "a name", "no key", "a path", "cut off"],
)
def test_an_apps_inputs_that_cannot_be_used(
    world: World, app_id: str, pem: str, finding: str, words: str
) -> None:
    """Each is named; GitHub is asked nothing, Coder's side is as ever, and no key is shown."""
    world.as_app()
    world.env |= {"INPUT_GITHUB-APP-ID": app_id, "INPUT_GITHUB-APP-PRIVATE-KEY": pem}
    report = world.doctor()

    assert (set(report.bad), report.code) == ({finding}, 2)
    assert words in report.findings[finding]["says"]
    assert report.findings["coder-token"]["status"] == "ok"
    assert world.github.exchanges == []
    assert key().private.split("\n")[3] not in report.text


def test_the_flag_for_an_apps_id(world: World) -> None:
    """It goes before the variable; the key has no flag."""
    world.as_app()
    world.env["INPUT_GITHUB-APP-ID"] = "999"

    assert world.doctor("--github-app-id", str(APP_ID)).bad == {}


def test_a_suspended_installation(world: World) -> None:
    """It is said as it is, with who can lift it."""
    world.as_app().suspended = True
    report = world.doctor()

    assert set(report.bad) == {"github-app-installed"}
    assert "is suspended" in report.findings["github-app-installed"]["says"]
    assert "lift that" in report.findings["github-app-installed"]["remedy"]


@pytest.mark.parametrize("kind", STRANGE)
def test_each_answer_to_an_app_may_be_strange(world: World, kind: str) -> None:
    """What the App asks is answered strangely: a finding, and never a crash."""
    world.as_app()
    world.doctor()
    sent = {x.request.path for x in world.github.exchanges}
    paths = sorted(path for path in sent if "installation" in path or path == "/app")
    assert len(paths) == 4

    for path in paths:

        def hook(request: HttpRequest, path: str = path) -> None:
            if request.path == path:
                raise Fault(kind, respond=STRANGE[kind])

        world.github.fault_hooks[:] = [hook]
        report = world.doctor()
        assert report.code in {0, 2, 3}, path
        assert len(report.findings) > 20, path
        harmless = path == "/installation/token" or (path == "/app" and STRANGE[kind].status == 200)
        assert (report.code == 0) == harmless, path


def test_no_secret_of_an_app_is_shown(world: World) -> None:
    """Neither key, nor web token, nor token; each is masked where a runner reads."""
    world.as_app()
    for flags in ([], ["--format", "json"]):
        _, said = world.run(*flags)
        bearers = [x.request.headers["authorization"].split()[-1] for x in world.github.exchanges]
        own = {b for b in bearers if b.startswith(("eyJ", "ghs_"))}
        assert len(own) >= 2
        assert not [b for b in (*own, *key().private.split("\n")[1:-2]) if b in said]
        assert "::" not in said


def test_an_address_of_graphql_elsewhere(world: World) -> None:
    """It is a wrong input of GitHub's side, and nothing is asked there."""
    world.env["GITHUB_GRAPHQL_URL"] = "https://api.github.example/graphql"
    report = world.doctor()

    assert report.findings["github-inputs"]["status"] == "broken"
    assert "GITHUB_GRAPHQL_URL" in report.findings["github-inputs"]["says"]
    assert world.github.exchanges == []


def test_a_page_in_the_place_of_both(world: World) -> None:
    """HTML behind both addresses is a wrong address, twice."""
    portal = Portal()
    portal.start()
    world.keep.append(portal)
    world.env |= {"GITHUB_API_URL": portal.origin, "INPUT_CODER-URL": portal.origin}

    assert set(world.doctor().bad) == {"github-address", "coder-address"}


def test_names_from_outside_are_inert(world: World) -> None:
    """What people named in GitHub and Coder commands neither a runner nor a terminal."""
    nasty = "\x1b[31m##[error]x ::set-output name=a::b\u202e"
    world.template.active.required_parameters = (nasty,)
    world.template.deprecation = nasty
    world.write("bad.yml", f"on: [push\n# {nasty}")
    for flags in ([], ["--format", "json"]):
        _, out = world.run(*flags)
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "##[" not in out


@pytest.mark.parametrize("given", [["--format", "xml"], ["--coder-token", "x"], ["--nonsense"]])
def test_flags_that_do_not_exist(given: list[str], tmp_path: Path) -> None:
    """A usage error is exit 2; a token is no flag, so that nobody writes one there."""
    done = process({}, *given)

    assert done.returncode == 2
    assert "See `coder-fix doctor --help`." in done.stderr
    assert done.stdout == ""


def test_every_wrong_input_is_named_at_once(world: World) -> None:
    """Several are told together, without their values, and the rest is examined with defaults."""
    world.env |= {"INPUT_MAX-ATTEMPTS": "hunter2", "CODER_FIX_DRAFT": "hunter2"}
    world.env |= {"INPUT_FAIL-ON": "sometimes"}
    report = world.doctor()

    says = report.findings["inputs"]["says"]
    assert all(name in says for name in ("`max-attempts`", "`draft`", "`fail-on`"))
    assert "hunter2" not in report.text
    assert set(report.bad) == {"inputs"}
