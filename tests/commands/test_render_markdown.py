"""The script that pictures Markdown: names of its pictures, input that cannot be read."""

import importlib.util
from pathlib import Path

import pytest

PATH = Path(__file__).resolve().parents[2] / "scripts" / "render_markdown.py"


@pytest.fixture
def script():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("render_markdown", PATH)
    assert spec
    assert spec.loader
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_equal_names_stay_apart(script):
    """Files of one name get more of their path, and a number where even that is equal."""
    files = [Path(p) for p in ("a/comment.md", "b/comment.md", "b/comment.md", "../c/other.md")]
    assert list(script.captions(files)) == ["comment", "b-comment", "b-comment-2", "other"]
    assert list(script.captions(files).values()) == files


def test_pictures_go_to_a_new_directory(script, tmp_path, monkeypatch, capsys):
    """A directory that is not there is made, and every file has a picture of its own."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "comment.md").write_text(f"# {name}\n")
    made = []
    monkeypatch.setattr(script, "page", lambda texts, **_: "".join(texts.values()))
    monkeypatch.setattr(
        script, "screenshot", lambda _b, html, png, *_: made.append((png.name, html.read_text()))
    )
    monkeypatch.setattr(script.shutil, "which", lambda _: "/bin/browser")
    out = tmp_path / "new" / "pictures"
    files = [str(tmp_path / name / "comment.md") for name in ("a", "b")]
    monkeypatch.setattr(script.sys, "argv", ["render_markdown.py", str(out), *files])
    assert script.main() == 0
    assert out.is_dir()
    assert made == [("comment.png", "# a\n"), ("b-comment.png", "# b\n")]
    monkeypatch.setattr(script.sys, "argv", ["render_markdown.py", str(out), "none.md"])
    assert script.main() == 2
    assert capsys.readouterr().err == "none.md: No such file or directory.\n"
