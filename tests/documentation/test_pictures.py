"""The pictures of the documentation come from the demo, by a script."""

from __future__ import annotations

from bot.settings import Settings
from scripts.limits import told
from scripts.pictures import PICTURES, ROOT, terminal

IMAGES = ROOT / ".github" / "images"


def test_each_picture_is_made_and_shown():
    """None stands beside those that the script makes, and each is on a page."""
    shown = (ROOT / "README.md").read_text() + "".join(
        page.read_text() for page in (ROOT / "docs").glob("*.md")
    )

    assert {path.name for path in IMAGES.iterdir()} == {f"{name}.png" for name in PICTURES}
    assert [name for name in PICTURES if f"/images/{name}.png)" not in shown] == []


def test_a_terminal_shows_what_was_said():
    """Headlines bold, long lines cut, and nothing of it is HTML."""
    shown = terminal("\x1b[1m1. A <b>\x1b[0m\n" + "x" * 500)

    assert "$ make demo\n<b>1. A &lt;b&gt;</b>\nxxx" in shown
    assert "x" * 200 not in shown
    assert "\x1b" not in shown


def test_figures_have_their_unit():
    """Bytes by powers of 1,024, time by its largest whole unit."""
    figures = [
        told(64 * 1024, "bytes"),
        told(90.0, "s"),
        told(7200, "s"),
        told(1000, ""),
        told(4, "x"),
    ]
    assert figures == ["64 KiB", "90 seconds", "2 hours", "1,000", "4 x"]


def test_the_longest_run_is_as_told():
    """docs/limits.md names three hours for the defaults."""
    fields = Settings.model_fields
    turn = fields["wait_timeout_seconds"].default + fields["verify_timeout_seconds"].default

    assert told(turn * fields["max_attempts"].default, "s") == "3 hours"
    assert "three hours" in (ROOT / "docs" / "limits.md").read_text()
