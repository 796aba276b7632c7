"""`coder-fix setup` by its real entry: what it makes of each Coder, and that it does so once."""

from __future__ import annotations

import os
import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.sandbox.coder_world import Preset
from bot.sandbox.http import Fault, HttpRequest
from tests.coder_fixtures import CoderFactory
from tests.commands.setup_rig import GITHUB_TOKEN, ROOT, Rig

GOLDEN = ROOT / "tests" / "data" / "golden"
TASKS_OFF = {"tasks": "off", "chats": "v2+experimental"}

SERVERS = {
    "free v2.36": ({}, ("password", False, []), True),
    "licensed v2.36": ({"licence": "premium"}, ("none", True, []), True),
    "licence run out": ({"licence": "none"}, ("password", False, []), True),
    "v2.28": (
        {"version": "v2.28.0", "tasks": "experimental", "chats": "off"},
        ("none", False, []),
        True,
    ),
    "v2.29": ({"version": "v2.29.0", "chats": "off"}, ("none", False, []), True),
    "licensed v2.31": (
        {"version": "v2.31.1", "chats": "off", "licence": "premium"},
        ("none", False, []),
        True,
    ),
    "chats v2.34": (
        {"version": "v2.34.0", "tasks": "off"},
        ("none", False, ["agents-access"]),
        False,
    ),
    "licensed chats v2.36": (
        {"tasks": "off", "licence": "premium"},
        ("none", True, ["agents-access"]),
        False,
    ),
    "licensed chats v2.37": (
        {"version": "v2.37.0", "licence": "premium", **TASKS_OFF},
        ("password", False, []),
        False,
    ),
}


@pytest.fixture
def rig(coder_sandbox: CoderFactory, tmp_path: Path) -> Rig:
    """A free v2.36 with Tasks and Chats, by the real clock."""
    return Rig.make(coder_sandbox(now=None), tmp_path / "home")


@pytest.mark.parametrize("server", SERVERS)
def test_each_coder_gets_what_fits_it_and_gets_it_once(
    coder_sandbox: CoderFactory, tmp_path: Path, server: str
) -> None:
    """Identity, role and template fit version and licence; the second run changes nothing."""
    given, (login, service, roles), task = SERVERS[server]
    rig = Rig.make(coder_sandbox(now=None, **given), tmp_path / "home")

    first = rig.process()

    assert (first.code, GITHUB_TOKEN in first.stderr) == (0, False), first.stderr
    state = rig.state()
    assert state["users"][1:] == [("ci-repair-bot", login, service, True, roles)]
    (template,) = rig.coder.world.templates
    assert (template.name, template.active.ai_task) == ("ci-repair", task)
    assert template.default_ttl == timedelta(hours=4)
    old = given.get("version", "") in {"v2.28.0", "v2.29.0"}
    assert ("AI Prompt" in template.active.parameters) == old
    assert rig.authenticates(first.token)
    before = len(rig.writes())

    second = rig.process()

    assert (second.code, second.stdout, rig.writes()[before:]) == (0, "", [])
    assert "Nothing was left to do." in second.stderr
    assert rig.state() == state


def test_dry_run_shows_every_call_and_makes_none(rig: Rig) -> None:
    """What it shows is what a run then does, in that order; the golden file is what people read."""
    planned = rig.run("--dry-run", "--backend", "chats", "--repo", "octo/shop", **_gh(rig))

    assert (planned.code, rig.writes()) == (0, [])
    _golden("setup-dry-run.txt", planned.stdout)
    shown = re.findall(r"^   (?:POST|PUT|PATCH|DELETE) (\S+)", planned.stdout, re.MULTILINE)
    rig.run("--backend", "chats", "--repo", "octo/shop", **_gh(rig))
    done = [write.split()[1] for write in rig.writes()]
    organization = rig.coder.world.organizations[0]
    assert [path.replace(organization.id, organization.name) for path in done] == shown


def test_the_documentation_shows_a_real_run(rig: Rig) -> None:
    """The transcript in docs/set-up.md is what the command prints."""
    ran = rig.process()
    text = _undated(ran.stderr)
    page = (ROOT / "docs" / "set-up.md").read_text(encoding="utf-8")
    shown = re.search(r"<!-- transcript: setup -->\n```\n(.*?)```", page, re.DOTALL)

    assert shown is not None
    told = [line for line in shown[1].splitlines() if not line.startswith(("$ ", ">"))]
    assert "\n".join(told).strip() == text.strip()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("nth", range(1, 6))
def test_killed_run_is_completed_by_the_next(
    coder_sandbox: CoderFactory, tmp_path: Path, nth: int, *, after: bool
) -> None:
    """Killed at any write, before or after its effect: one more run, and all stands once."""
    rig = Rig.make(coder_sandbox(now=None), tmp_path / "home")
    whole = Rig.make(coder_sandbox(now=None), tmp_path / "whole")
    assert whole.run().code == 0
    assert len(whole.writes()) == 5

    assert rig.killed(nth, after=after)
    ran = rig.run()

    assert ran.code == 0, ran.stderr
    assert rig.state() == whole.state()
    assert rig.authenticates(ran.token)


@pytest.mark.parametrize("nth", range(1, 6))
def test_lost_answer_is_found_again(rig: Rig, nth: int) -> None:
    """The effect is there, the answer is not: the same run goes on, and nothing stands twice."""

    def lose(_: HttpRequest) -> None:
        raise Fault("lost", after_effect=True)

    rig.at_write(nth, lose)
    ran = rig.run()
    state = rig.state()

    assert ran.code == 0, ran.stderr
    assert [name for name, *_ in state["users"]] == ["admin", "ci-repair-bot"]
    assert [len(versions) for *_, versions in state["templates"]] == [1]
    assert [t[:2] for t in state["tokens"]] == [("admin", "ci"), ("ci-repair-bot", "coder-fix")]
    assert rig.authenticates(ran.token)


def test_token_that_nobody_used_was_never_handed_over(rig: Rig) -> None:
    """What a run that was killed before telling leaves behind, the next one replaces."""
    old = rig.run().token
    rig.coder.world.tokens[-1].last_used = None

    again = rig.run()

    assert "that was never handed over" in again.stderr
    assert rig.authenticates(again.token)
    assert not rig.authenticates(old)


def test_token_is_renewed_when_asked_or_expired(rig: Rig) -> None:
    """`--renew-token` replaces it, once; an expired one is replaced unasked."""
    first = rig.run().token

    second = rig.run("--renew-token").token

    assert (rig.authenticates(first), rig.authenticates(second)) == (False, True)
    rig.coder.world.tokens[-1].expires_at = datetime.now(UTC) - timedelta(days=1)
    third = rig.run()
    assert "that has expired" in third.stderr
    assert rig.authenticates(third.token)
    assert len(rig.coder.world.tokens) == 2


def test_token_that_ends_soon_is_said(rig: Rig) -> None:
    """Two weeks before its end the next run names the flag."""
    rig.run()
    rig.coder.world.tokens[-1].expires_at = datetime.now(UTC) + timedelta(days=5, hours=1)

    assert "It expires in 5 days: --renew-token replaces it." in rig.run().stderr


def test_changed_value_is_a_new_version_and_an_absent_one_stays(rig: Rig) -> None:
    """A rotated secret is pushed; without the variable the last value is kept, and nothing done."""
    rig.run()
    (template,) = rig.coder.world.templates

    kept = rig.run(TF_VAR_github_token="")
    assert (kept.code, len(template.versions)) == (0, 1)
    assert rig.run(TF_VAR_github_token="ghp_another").code == 0

    assert template.active.values["github_token"] == "ghp_another"
    assert len(template.versions) == 2
    assert rig.run("--agent", "codex", TF_VAR_github_token="").code == 0
    assert template.active.values["github_token"] == "ghp_another"
    assert len(template.versions) == 3


def test_failed_import_is_tried_under_another_name(rig: Rig) -> None:
    """Coder's reason is told without the values; the next run makes a version of its own."""
    rig.run()
    rig.coder.pushes.broken = f"provider not found, token {GITHUB_TOKEN}"

    broken = rig.run("--agent", "goose")

    assert broken.code == 3
    assert "The import of the template failed: provider not found" in broken.stderr
    assert GITHUB_TOKEN not in broken.stderr
    (template,) = rig.coder.world.templates
    rig.coder.pushes.broken = ""
    assert rig.run("--agent", "goose").code == 0
    assert template.active.name == f"{template.versions[-1].name}.2"


def test_roles_that_are_there_are_kept(rig: Rig) -> None:
    """Granting replaces the whole set in Coder, so the present ones are sent along."""
    bot, _ = rig.coder.add_user("ci-repair-bot", roles=("organization-auditor",))

    assert rig.run("--backend", "chats").code == 0
    assert bot.org_roles == {"organization-auditor", "agents-access"}


def test_user_of_another_organization_joins(rig: Rig) -> None:
    """An existing user is taken, not made again."""
    bot, _ = rig.coder.add_user("ci-repair-bot", roles=())
    bot.member = False

    assert rig.run().code == 0
    assert bot.member


def test_template_that_somebody_else_made_is_left_alone(rig: Rig) -> None:
    """Refused before the first write, also where a person edited ours; replaced when told so."""
    theirs = rig.coder.add_template("ci-repair")

    refused = rig.run()

    assert (refused.code, rig.writes()) == (2, [])
    assert "The template ci-repair is there, and somebody else made its" in refused.stderr
    assert rig.run("--no-template").code == 0
    assert rig.run("--replace-template").code == 0
    assert theirs.active.name.startswith("cf-")
    theirs.active.name = "by-hand-2"
    assert rig.run().code == 2
    assert rig.run("--template", "another").code == 0


def test_gh_gets_the_secret_on_standard_input(rig: Rig) -> None:
    """It is stored in each repository, is no argument, and is not printed; then it stays."""
    gh = _gh(rig)
    ran = rig.run("--repo", "octo/shop", "--repo", "octo/site", **gh)

    assert (ran.code, ran.stdout) == (0, ""), ran.stderr
    token = rig.coder.world.tokens[-1].text
    calls = (rig.home / "gh.calls").read_text(encoding="utf-8")
    assert token not in calls + ran.stderr
    assert "secret set CODER_TOKEN --repo octo/site" in calls
    assert (rig.home / "octo-shop").read_text(encoding="utf-8") == token
    before = rig.writes()
    assert rig.run("--repo", "octo/shop", "--repo", "octo/site", **gh).code == 0
    assert rig.writes() == before


def test_secret_that_cannot_be_stored_is_made_anew(rig: Rig) -> None:
    """gh fails in the middle: said, and the next run stores a new token."""
    gh = _gh(rig)
    ran = rig.run("--repo", "octo/shop", **gh, GH_FAILS="set")
    assert ran.code == 2
    assert "gh could not set the secret CODER_TOKEN in octo/shop." in ran.stderr

    assert rig.run("--repo", "octo/shop", **gh).code == 0
    assert (rig.home / "octo-shop").read_text("utf-8") == rig.coder.world.tokens[-1].text
    assert len(rig.coder.world.tokens) == 2


def test_repository_that_joins_later_needs_a_new_token(rig: Rig) -> None:
    """The old one cannot be shown again, so nothing is done and the way is told."""
    gh = _gh(rig)
    rig.run("--repo", "octo/shop", **gh)
    before = rig.writes()

    ran = rig.run("--repo", "octo/shop", "--repo", "octo/late", **gh)

    assert (ran.code, rig.writes()) == (2, before)
    assert "octo/late has no secret CODER_TOKEN" in ran.stderr
    assert "--renew-token" in ran.stderr


def test_check_says_what_stalls_a_headless_agent(rig: Rig) -> None:
    """Parameters without values, a required sign-in, `plan` in the source, presets."""
    assert rig.run().code == 0
    (template,) = rig.coder.world.templates
    good = rig.run("--check", "ci-repair")
    template.active.parameters = {"region": None}
    template.active.external_auth = ("github",)
    template.active.presets = [Preset(template.id, "Small", {}), Preset(template.id, "Big", {})]
    file = template.active.file_id
    owner, packed = rig.coder.world.files[file]
    planned = packed.replace(
        b"dangerously_skip_permissions = true", b'permission_mode              = "plan"'
    )
    rig.coder.world.files[file] = (owner, planned)

    bad = rig.run("--check", "ci-repair")

    assert (good.code, bad.code) == (0, 3)
    _golden("setup-check-good.txt", good.stdout)
    _golden("setup-check-bad.txt", bad.stdout)


STALLS = {
    "a flag": b'command = "claude --permission-mode plan"   ',
    "a flag in a list": b'args = ["--permission-mode", "plan"]',
    "settings": b'"permissions": {"defaultMode": "plan"}',
    "settings in Terraform": b'permissionMode="plan"',
}
FREE = {
    "a comment": b'// permission_mode = "plan"',
    "prose": b'x = "no permission_mode plan"',
    "another mode": b'permission_mode="acceptEdits"',
}


@pytest.mark.parametrize("style", [*STALLS, *FREE])
def test_check_reads_a_mode_in_every_style(rig: Rig, style: str) -> None:
    """People write their templates differently; what is not set is not objected to."""
    assert rig.run().code == 0
    (template,) = rig.coder.world.templates
    owner, packed = rig.coder.world.files[template.active.file_id]
    line = b"dangerously_skip_permissions = true # the workspace is the fence"
    assert line in packed
    other = (STALLS | FREE)[style].ljust(len(line))
    rig.coder.world.files[template.active.file_id] = (owner, packed.replace(line, other))

    ran = rig.run("--check", "ci-repair")

    assert (ran.code, "permission mode `plan`" in ran.stdout) == (
        (3, True) if style in STALLS else (0, False)
    )


def test_check_looks_at_the_template_of_that_organization(rig: Rig) -> None:
    """Another organization's of the same name, which can run tasks, says nothing about it."""
    first = rig.coder.world.organizations[0]
    rig.coder.world.organizations.append(replace(first, id=str(uuid.uuid4()), name="second"))
    rig.coder.add_template("mine", ai_task=False)
    rig.coder.add_template("mine", organization="second")

    assert rig.run("--check", "mine").code == 3
    assert rig.run("--check", "second/mine").code == 0


def test_check_takes_a_template_as_the_input_names_it(rig: Rig) -> None:
    """`organization/name` too, whatever organization is set besides."""
    assert rig.run().code == 0

    ran = rig.run("--check", "coder/ci-repair", CODER_ORGANIZATION="elsewhere")

    assert (ran.code, ran.stdout) == (0, rig.run("--check", "ci-repair").stdout)


def test_template_is_written_for_those_who_keep_their_own(rig: Rig) -> None:
    """The parts alone, without a Coder; never over what is there."""
    folder = rig.home / "template"
    ran = rig.run("--write-template", str(folder), "--platform", "kubernetes", CODER_URL="")

    assert ran.code == 0
    assert {path.name for path in folder.iterdir()} >= {"base.tf", "platform-kubernetes.tf"}
    assert rig.run("--write-template", str(folder)).code == 2


@pytest.mark.parametrize(
    ("flags", "part"),
    [
        ((), "kind-tasks.tf"),
        (("--backend", "chats"), "kind-chats.tf"),
        (("--kind", "tasks-ai-prompt"), "kind-tasks-ai-prompt.tf"),
        (("--kind", "tasks-ai-prompt", "--backend", "tasks"), "kind-tasks-ai-prompt.tf"),
    ],
)
def test_template_is_written_for_any_generation(
    rig: Rig, flags: tuple[str, ...], part: str
) -> None:
    """No server is asked, so its version is told by `--kind`; current Tasks without it."""
    folder = rig.home / "template"
    ran = rig.run("--write-template", str(folder), *flags, CODER_URL="")

    assert ran.code == 0, ran.stderr
    assert [path.name for path in folder.glob("kind-*")] == [part]
    assert part.removeprefix("kind-").removesuffix(".tf") in ran.stderr
    assert rig.writes() == []


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--kind", "chats"), "--kind is for --write-template alone"),
        (("--write-template", "T", "--kind", "chats", "--backend", "tasks"), "--backend tasks"),
        (("--write-template", "T", "--kind", "ai-prompt"), "tasks-ai-prompt"),
    ],
    ids=["pushed", "another API", "unknown"],
)
def test_kind_that_cannot_be_meant(rig: Rig, flags: tuple[str, ...], words: str) -> None:
    """Exit 2 with the flag's name; nothing is written anywhere."""
    place = rig.home / "T"
    ran = rig.run(*(str(place) if flag == "T" else flag for flag in flags))

    assert (ran.code, words in ran.stderr) == (2, True), ran.stderr
    assert (place.exists(), rig.writes()) == (False, [])


def _gh(rig: Rig) -> dict[str, str]:
    """A gh that keeps what it is given, in a folder of its own on the PATH."""
    folder = rig.home / "bin"
    folder.mkdir(exist_ok=True)
    script = folder / "gh"
    script.write_text(
        "#!/bin/sh\n"
        'echo "$@" >>"$HOME/gh.calls"\n'
        'file="$HOME/$(echo "$*" | sed "s/.*--repo //; s/ .*//; s,/,-,")"\n'
        'case "$2" in\n'
        '  "$GH_FAILS") exit 1 ;;\n'
        '  list) if [ -e "$file" ]; then echo \'[{"name":"CODER_TOKEN"}]\'; else echo "[]"; fi ;;\n'
        '  set) cat >"$file" ;;\n'
        "esac\n",
        encoding="utf-8",
    )
    script.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def _undated(text: str) -> str:
    """Without what differs by the day, and with each change of a template."""
    text = re.sub(r"until \d{4}-\d\d-\d\d", "until 2027-02-19", text)
    return re.sub(r"\bcf-[0-9a-f]{10}(-[0-9a-f]{8})?", "cf-0123456789-01234567", text)


def _golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(_undated(text), encoding="utf-8")
    assert _undated(text) == path.read_text(encoding="utf-8")
