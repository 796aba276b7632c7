"""The file for a bundle: whole or not at all, in the workspace, and past no link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.adapters.bundle_file import BundleFile
from bot.errors import ConfigurationError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace."""
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def test_takes_the_place_of_what_was_there(root: Path):
    """In folders that it makes; others may read it, and nothing else is left."""
    for data in (b"first", b"second"):
        BundleFile.at(root, "./kept//here/x.json").write(data)
    made = root / "kept" / "here" / "x.json"

    assert made.read_bytes() == b"second"
    assert made.stat().st_mode & 0o777 == 0o644 & ~_umask()
    assert [p.name for p in made.parent.iterdir()] == ["x.json"]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_an_absolute_path_in_the_workspace(root: Path):
    """Is told from the workspace on, as other steps know it."""
    assert BundleFile.at(root, f"{root}/x.json").name == "x.json"


@pytest.mark.parametrize("path", ["../x.json", "a/../../x.json", "/etc/x.json", ".", "/", "a\0b"])
def test_no_path_leads_out(root: Path, path):
    """Refused by name, before anything is made."""
    with pytest.raises(ConfigurationError, match="Input `bundle`: "):
        BundleFile.at(root, path)
    assert list(root.iterdir()) == []


@pytest.mark.parametrize("link", ["kept", "kept/here"])
def test_no_folder_that_is_a_link(root: Path, tmp_path: Path, link):
    """Wherever it leads, nothing is written there."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / link).parent.mkdir(exist_ok=True)
    (root / link).symlink_to(outside)
    with pytest.raises(OSError, match=r"Not a directory|symbolic"):
        BundleFile.at(root, "kept/here/x.json").write(b"data")
    assert list(outside.iterdir()) == []


def test_a_file_that_is_a_link_is_replaced(root: Path, tmp_path: Path):
    """The link goes; what it led to stays as it was."""
    (tmp_path / "victim").write_text("mine")
    (root / "x.json").symlink_to(tmp_path / "victim")
    BundleFile.at(root, "x.json").write(b"data")

    assert (tmp_path / "victim").read_text() == "mine"
    assert not (root / "x.json").is_symlink()
    assert (root / "x.json").read_bytes() == b"data"


def test_what_cannot_take_the_name_leaves_nothing(root: Path):
    """A folder of that name: an error, and no half-written file beside it."""
    (root / "x.json").mkdir()
    with pytest.raises(OSError, match="directory"):
        BundleFile.at(root, "x.json").write(b"data")
    assert [p.name for p in root.iterdir()] == ["x.json"]
