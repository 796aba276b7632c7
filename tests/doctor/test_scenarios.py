"""Each finding of the doctor: broken, named, remedied, green; by the real entry, reading only."""

from __future__ import annotations

import pytest

from bot.doctor.check import Status
from bot.doctor.examine import every_check
from tests.doctor.scenarios import SCENARIOS
from tests.doctor.world import World, world

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


def _only_reads(world: World) -> bool:
    sent = [x.request for server in (world.github, world.coder) for x in server.exchanges]
    assert sent
    return all(
        r.method in READS or (r.path.endswith("/graphql") and b"mutation" not in r.body)
        for r in sent
    )
