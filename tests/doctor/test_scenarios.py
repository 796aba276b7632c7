"""Each finding of the doctor: broken, named, remedied, green; by the real entry, reading only."""

from __future__ import annotations

import json

import pytest

from bot.doctor.check import Status
from bot.doctor.examine import every_check
from tests.doctor.scenarios import SCENARIOS
from tests.doctor.world import World, example, world

__all__ = ["world"]
READS = {"GET", "HEAD"}


def test_every_check_has_its_scenario() -> None:
    """Nothing is asked that was not broken and mended here; at least thirty findings there are."""
    ids = [check.id for check in every_check()]

    assert ids == list(SCENARIOS)
    assert len(set(ids)) == len(ids) >= 30


def test_every_check_can_say_what_to_do() -> None:
    """Title, remedy and link are there, and what it says when wrong is broken or a warning."""
    for check in every_check():
        assert check.severity in {Status.BROKEN, Status.WARNING}
        assert check.title
        assert check.remedy.endswith((".", "`."))
        assert check.link.startswith("https://")


def test_a_set_up_in_order_has_nothing_to_complain_of(world: World) -> None:
    """Exit 0; only whether the token may write cannot be seen by reading."""
    report = world.doctor()

    assert report.bad == {}
    assert report.code == 0
    unseen = [name for name, f in report.findings.items() if f["status"] == "unseen"]
    assert unseen == ["github-token-writes"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_broken_is_named_and_the_remedy_mends_it(world: World, name: str) -> None:
    """The finding names cause, remedy and link; its remedy, applied, makes it go away."""
    scenario = SCENARIOS[name]

    scenario.break_(world)
    broken = world.doctor()

    assert set(broken.bad) == {name} | scenario.also
    found = broken.findings[name]
    assert all(found[part] for part in ("says", "remedy", "link"))
    assert broken.code == scenario.code

    scenario.mend(world)
    mended = world.doctor()

    assert name not in mended.bad
    assert set(mended.bad) <= scenario.also
    assert _only_reads(world)
    assert world.living == []


APPS = [name for name in SCENARIOS if name.startswith("github-app")]


def test_an_app_in_order_has_nothing_to_complain_of(world: World) -> None:
    """What it may is known without trying: nothing is unseen. Its token reads, and is revoked."""
    world.as_app()
    report = world.doctor()

    assert (report.bad, report.code) == ({}, 0)
    assert [name for name, f in report.findings.items() if f["status"] == "unseen"] == []
    assert {report.findings[name]["status"] for name in APPS} == {"ok"}
    mints = [x for x in world.github.exchanges if x.request.path.endswith("/access_tokens")]
    asked = [json.loads(x.request.body) for x in mints]
    assert [set(body["permissions"].values()) for body in asked] == [{"read"}]
    assert [body["repositories"] for body in asked] == [["widgets"]]
    assert (_only_reads(world), world.living) == (True, [])


def test_without_an_app_nothing_is_said_of_it(world: World) -> None:
    """A question that does not apply has no answer."""
    assert not set(APPS) & set(world.doctor().findings)


def test_each_lack_is_named_with_its_doors(world: World) -> None:
    """By the files of the default branch: a comment asks for what a diagnosis does not."""
    report_only = ("          github-token", "          mode: report\n          github-token")
    world.write("coder-fix.yml", example("workflow-run.yml", report_only))
    world.write("upgrade.yml", example("upgrade.yml"))
    world.env["INPUT_ALERTS"] = "low"
    world.as_app(permissions={"issues": "read", "statuses": "none", "actions": "read"})
    report = world.doctor()

    vital = report.findings["github-app-permissions"]["says"]
    assert "`issues: write` (for comment, reconcile, upgrade)" in vital
    assert "`statuses: read` (for comment, reconcile, upgrade)" in vital
    extras = report.findings["github-app-extras"]["says"]
    assert "`actions: write` (for comment, reconcile, upgrade)" in extras
    assert "`vulnerability-alerts: read` (for upgrade)" in extras
    assert "github-token-permissions" not in report.bad


def test_a_workflow_that_names_the_app_is_the_one_that_counts(world: World) -> None:
    """The others act by a token, whose rights are no matter of the App's."""
    app = (
        "github-token: ${{ secrets.BOT_TOKEN }}\n",
        """github-app-id: ${{ vars.ID }}
          github-app-private-key: ${{ secrets.BOT_TOKEN }}\n""",
    )
    world.write("comment.yml", example("comment.yml", app))
    world.as_app(permissions={"issues": "read"})

    says = world.doctor().findings["github-app-permissions"]["says"]
    assert "`issues: write` (for comment)." in says


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_a_clock_that_is_off_is_told_with_what_it_does_to_an_app(
    world: World, seconds: int
) -> None:
    """GitHub's own time is taken, so all else is still looked at; right again, nothing is said."""
    world.as_app()
    world.github.clock.advance(seconds)
    world.grant.expires_at = None
    off = world.doctor()
    world.github.clock.advance(-seconds)

    assert set(off.bad) == {"clock"}
    assert "60 min" in off.findings["clock"]["says"]
    assert "refused the web token that the App signed" in off.findings["clock"]["says"]
    assert world.doctor().bad == {}


def _only_reads(world: World) -> bool:
    """But for an App's token, which must be made, and is revoked."""
    sent = [x.request for server in (world.github, world.coder) for x in server.exchanges]
    assert sent
    return all(
        r.method in READS
        or (r.path.endswith("/graphql") and b"mutation" not in r.body)
        or (r.method, r.path.rpartition("/")[2]) == ("POST", "access_tokens")
        or (r.method, r.path) == ("DELETE", "/installation/token")
        for r in sent
    )
