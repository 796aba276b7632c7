"""Replays what a real Coder was asked, against a sandbox seeded like it, and compares.

The recordings' coding agent is a scripted terminal program whose prompts are its script
(`!work 3;!report complete URL text`); `rig_agent` understands the same words. Its second is a
hundredth here, and time moves only while the answer is not yet the recorded one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain, count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from bot.sandbox.coder import SandboxCoder
from bot.sandbox.coder_agents import Die, Report, Say, Silence, Step, Work
from bot.sandbox.coder_builds import Timings
from bot.sandbox.coder_world import Preset
from bot.sandbox.http import HttpRequest

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings" / "v2.36.0"
RIG_TIMINGS = Timings(
    queue=0.01, build=0.015, connect=0.005, app=0.028, echo=0.005, quiet=0.02, health=0.1
)
TOKENS = {letter: f"0123456789-{letter * 22}" for letter in "abijk"}
_SERVER = "https://coder.example.com"
_ORGANIZATION = "e4763102-c8af-43ad-abb5-ca5830c74276"
_LOCKED = "b49e6e2a-50ea-407c-a295-0418eeed70a5"
_PULL = "https://github.com/acme/widgets/pull/42"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_STEP, _PATIENCE = 0.002, 500
# Calls of the recording person, not of a bot: the sandbox does not serve them.
_UNSERVED = re.compile(
    r"PUT .*/status/suspend|DELETE /api/v2/users/|GET .*/keys/tokens/(ci|nope)$"
    r"|GET .*/(rich-parameters|by-workspace|cost|prompts)|GET /api/v2/external-auth"
    r"|GET /api/v2/users/me/organizations|PATCH /api/v2/(templates|workspacebuilds)/"
    r"|GET /api/v2/templateversions/[^/]+$|GET /no-such-page"
)


def rig_agent(prompt: str, work: Path) -> Iterator[Step]:
    """The recordings' agent, a hundred times as fast."""
    del work
    yield Say("Scripted agent, ready when the box shows")
    for command in prompt.partition("\n")[0].split(";"):
        verb, _, rest = command.strip().partition(" ")
        match verb:
            case "!work" | "!slow":
                yield Work(float(rest) / 100)
            case "!report" | "!app-status":
                state, uri, message = rest.split(" ", 2)
                uri = "" if uri == "-" else uri
                yield Report(state, message, uri, via_tool=verb == "!report")
            case "!sleep":
                yield Silence(float(rest) / 100)
            case "!exit":
                yield Die()
            case "!say" | "!ask":
                yield Say(rest)
            case _:
                yield Work(0.08)
                yield Report("complete", "Opened the pull request with the fix", _PULL)


def seed(coder: SandboxCoder) -> None:
    """The users and templates of the recorded deployment, with their ids."""
    world = coder.world
    coder.rate_limit.limit = None
    coder.chats._rules.ids = count(3)
    world.organizations[0].id = _ORGANIZATION
    bot, _ = coder.add_user("ci-repair-bot", TOKENS["b"])
    bot.id, bot.name = "c4dead10-9e0d-45ca-8dc5-414429f10178", "CI repair bot"
    owner, _ = coder.add_user("owner", TOKENS["a"], roles=("owner",))
    owner.id = "ea32b19a-050e-402b-bbd5-7c5631f280cd"
    coder.add_user("other-dev", TOKENS["k"])
    gone, _ = coder.add_user("gone-dev", TOKENS["j"])
    gone.status = "suspended"
    expired = coder.identity.add_token(bot, "old", timedelta(0), TOKENS["i"])
    expired.expires_at = expired.expires_at.replace(hour=11, minute=50)
    _seed_templates(coder)


def _seed_templates(coder: SandboxCoder) -> None:
    repair = coder.add_template("ci-repair", display_name="CI repair")
    repair.active.id = "2fb5db30-0911-4ae9-8607-10e7cc8dc650"
    repair.active.presets = [
        Preset("d745ac56-561c-4b4a-8f36-eb3a8a599548", "Broken build", {"trouble": "build"}),
        Preset("b3083a38-6fae-4e71-9de5-35343de4b313", "Broken script", {"trouble": "script"}),
        Preset("3c9e152e-b6d4-4e76-8578-61698f0f7909", "Small runner", {}, default=True),
    ]
    add_version = coder.templates.add_version
    add_version(repair).id = "71aa7a6b-0943-4610-ac0c-61f39dfbbf62"
    add_version(repair, job="failed").id = "a656088a-b260-49d5-82d9-8218967fce80"
    add_version(repair, archived=True).id = "e0c2c5c0-355b-46d4-8617-b4449f7960ad"
    plain = coder.add_template("plain", ai_task=False, ttl=timedelta(0))
    plain.active.id = "ffa70fc4-8a01-4e7d-9e50-558b744f165b"
    locked = coder.add_template("needs-auth")
    locked.active.id, locked.active.external_auth = _LOCKED, ("github",)
    needy = coder.add_template("needs-param")
    needy.active.id = "d8e9ce37-cf82-4824-8ff3-34143e42f8d1"
    needy.active.required_parameters = ("region", "team")
    region, team = {"region": "eu"}, {"region": "eu", "team": "web"}
    needy.active.presets = [
        Preset("8f3d1e3e-bd32-4e46-a5d0-310656e6627c", "Half", region),
        Preset("fe48da19-53ee-4d5e-ba45-393f563791db", "Whole", team),
    ]


@dataclass
class Replay:
    """One cassette against one sandbox; ids of created things are translated on the way."""

    coder: SandboxCoder
    ids: dict[str, str] = field(default_factory=dict)

    def play(self, names: list[str]) -> Iterator[tuple[str, Any, Any]]:
        """Send every recorded request: what was asked, the recorded answer, the sandbox's."""
        for interaction in chain.from_iterable(map(interactions, names)):
            request = self._request(interaction["request"])
            if _UNSERVED.search(f"{request.method} {request.path}"):
                continue
            recorded = interaction["response"]
            body = _loaded(recorded["body"].get("string", ""))
            want = (recorded["status"]["code"], gist(self._translated(body)))
            self._keep_pace(request, want)
            got, ours = self._ask(request, want)
            self._learn(body, ours)
            yield f"{request.method} {request.url}", (want[0], gist(self._translated(body))), got

    def _keep_pace(self, request: HttpRequest, want: tuple[int, Any]) -> None:
        """What the recordings do not show: how soon a job was taken, how long an agent was idle."""
        at_once = want[0] == 201 and "initializing" in want[1]
        queue = 0.0 if at_once or request.path.endswith("/resume") else RIG_TIMINGS.queue
        self.coder.builds.timings = replace(RIG_TIMINGS, queue=queue)
        if request.path.endswith("/pause") and want[0] == 202:
            self.coder.advance(0.1)
        if request.path.endswith("/interrupt") or b'"interrupt"' in request.body:
            self.coder.advance(0.1)

    def _ask(self, request: HttpRequest, want: tuple[int, Any]) -> tuple[tuple[int, Any], Any]:
        """Ask again while time passes, where asking changes nothing, until it is as recorded."""
        for _ in range(_PATIENCE):
            response = self.coder.dispatch(request)
            body = response.body
            text = body.decode() if isinstance(body, bytes) else json.dumps(body)
            ours = _loaded(text.replace(self.coder.url, _SERVER))
            got = (response.status, gist(ours))
            harmless = request.method == "GET" or response.status in {404, 409}
            if got == want or not harmless or _settled(want, got):
                break
            self.coder.advance(_STEP)
        return got, ours

    def _request(self, recorded: dict[str, Any]) -> HttpRequest:
        parts = urlsplit(recorded["uri"].removeprefix(_SERVER))
        body = recorded["body"] or ""
        headers = {k.lower(): values[0] for k, values in recorded["headers"].items()}
        path = self._swapped(parts.path)
        query = parse_qs(self._swapped(parts.query), keep_blank_values=True)
        return HttpRequest(
            recorded["method"], path, query, headers, self._swapped(str(body)).encode()
        )

    def _swapped(self, text: str) -> str:
        return _UUID.sub(lambda found: self.ids.get(found[0], found[0]), text)

    def _translated(self, body: Any) -> Any:
        return json.loads(self._swapped(json.dumps(body)))

    def _learn(self, recorded: Any, ours: Any) -> None:
        """Remember which id of ours stands for which recorded one."""
        if isinstance(recorded, dict) and isinstance(ours, dict):
            for key in recorded.keys() & ours.keys():
                self._learn(recorded[key], ours[key])
        elif isinstance(recorded, list) and isinstance(ours, list):
            for one, other in zip(recorded, ours, strict=False):
                self._learn(one, other)
        elif isinstance(recorded, str) and isinstance(ours, str) and _UUID.fullmatch(recorded):
            self.ids[recorded] = ours


def interactions(name: str) -> list[dict[str, Any]]:
    """The recorded exchanges of one cassette."""
    text = (RECORDINGS / f"{name}.yaml").read_text(encoding="utf-8")
    cassette: dict[str, list[dict[str, Any]]] = yaml.load(text, yaml.CSafeLoader)
    return cassette["interactions"]


def _loaded(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text.strip()


def _settled(want: tuple[int, Any], got: tuple[int, Any]) -> bool:
    """The difference is none that time could mend."""
    return want[0] == got[0] >= 400


_TASK = (
    "name",
    "status",
    "workspace_status",
    "workspace_build_number",
    "initial_prompt",
    "workspace_agent_lifecycle",
    "workspace_agent_health",
)
_CHAT = ("status", "archived", "labels", "last_turn_summary", "client_type")
_VOLATILE = {"id", "created_at", "updated_at", "expires_at", "last_used", "key", "time"}


def _task(body: dict[str, Any]) -> Any:
    state = {k: v for k, v in (body["current_state"] or {}).items() if k != "timestamp"}
    return [*(body[name] for name in _TASK), state]


def _build(body: dict[str, Any]) -> Any:
    job = body["job"]
    what = (body[name] for name in ("transition", "reason", "build_number", "status"))
    return [*what, job.get("error"), job.get("error_code")]


# The member that tells what an object is, and what counts in it.
_GISTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "current_state": _task,
    "last_model_config_id": lambda body: [body.get(name) for name in _CHAT],
    "latest_build": lambda body: [
        body["name"],
        _build(body["latest_build"]),
        body["health"]["healthy"],
    ],
    "transition": _build,
    "logs": lambda body: [[entry["type"] for entry in body["logs"]], body.get("snapshot")],
    "queued_messages": lambda body: [
        [message["role"] for message in body["messages"]],
        len(body["queued_messages"]),
        body["has_more"],
    ],
    "log_source": lambda _: "a line of a build log",
    "has_ai_seat": lambda body: [body[name] for name in ("username", "status", "roles")],
}


def gist(body: Any) -> Any:
    """What counts in an answer: errors whole; of objects what a client acts on."""
    if isinstance(body, list):
        parts = [gist(part) for part in body]
        return parts[:1] if "a line of a build log" in parts else parts
    if not isinstance(body, dict):
        return re.sub(r'at \"[^"]+\"', "at …", body) if isinstance(body, str) else body
    for member, tell in _GISTS.items():
        if member in body:
            return tell(body)
    return {key: gist(value) for key, value in body.items() if key not in _VOLATILE}
