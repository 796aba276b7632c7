"""Render Markdown files as GitHub shows them, to look at what people will read.

    python scripts/render_markdown.py OUTDIR FILE.md … [--sheet NAME] [--open] [--dark]

Development only: needs markdown-it-py and a headless Chromium. Writes one PNG for each file, or
one for all of them with `--sheet`. `scripts/pictures.py` makes those of the documentation.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1.5",
)
_STYLE = """
:root { --fg:#1f2328; --bg:#fff; --muted:#59636e; --code:#818b981f; --pre:#f6f8fa;
        --line:#d1d9e0; --link:#0969da; }
.dark { --fg:#f0f6fc; --bg:#0d1117; --muted:#9198a1; --code:#656c7633; --pre:#151b23;
        --line:#3d444d; --link:#4493f8; }
body { background:var(--bg); color:var(--fg); margin:0; padding:24px;
  font:14px/1.5 "Segoe UI","Noto Sans",Helvetica,Arial,"Noto Color Emoji",sans-serif; }
.box { border:1px solid var(--line); border-radius:6px; max-width:860px; margin-bottom:16px; }
.head { background:var(--pre); border-bottom:1px solid var(--line); padding:8px 16px;
  color:var(--muted); border-radius:6px 6px 0 0; }
.body { padding:16px; word-wrap:break-word; }
.body > :first-child { margin-top:0; } .body > :last-child { margin-bottom:0; }
h1,h2,h3 { margin:16px 0 12px; line-height:1.25; font-weight:600; }
h1 { font-size:1.6em; } h2 { font-size:1.4em; border-bottom:1px solid var(--line);
  padding-bottom:.3em; } h3 { font-size:1.2em; }
img { max-width:100%; }
p, ul, ol, pre, table, details { margin:0 0 14px; } ul, ol { padding-left:2em; }
a { color:var(--link); text-decoration:underline; }
code { background:var(--code); border-radius:6px; padding:.2em .4em; font-size:85%;
  font-family:ui-monospace,"Liberation Mono","DejaVu Sans Mono",monospace; }
pre { background:var(--pre); border-radius:6px; padding:14px; overflow:auto; }
pre code { background:none; padding:0; }
table { border-collapse:collapse; } td, th { border:1px solid var(--line); padding:5px 12px; }
th:empty { padding:0; border:0; }
sub { font-size:80%; color:var(--muted); vertical-align:baseline; }
summary { cursor:pointer; }
"""


def page(
    texts: dict[str, str], *, dark: bool = False, is_open: bool = False, base: Path | None = None
) -> str:
    """The HTML page of some comments, by caption; pictures in them are sought from `base`."""
    theme = "dark" if dark else "light"
    sought = f'<base href="{base.resolve().as_uri()}/">' if base else ""
    boxes = "".join(_box(name, text, is_open=is_open) for name, text in texts.items())
    return (
        f'<!doctype html><meta charset="utf-8">{sought}<style>{_STYLE}</style>'
        f'<body class="{theme}">{boxes}</body>'
    )


def captions(files: Sequence[Path]) -> dict[str, Path]:
    """Each file by its name without the suffix; more of its path where names are equal."""
    named: dict[str, Path] = {}
    for file in files:
        parts = [part for part in file.with_suffix("").parts if part not in {"/", ".", ".."}]
        tried = ["-".join(parts[-count:]) for count in range(1, len(parts) + 1)]
        tried += [f"{tried[-1]}-{number}" for number in range(2, len(files) + 1)]
        named[next(name for name in tried if name not in named)] = file
    return named


def _box(name: str, text: str, *, is_open: bool) -> str:
    from markdown_it import MarkdownIt  # type: ignore[import-not-found,unused-ignore]

    html = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").render(text)
    if is_open:
        html = html.replace("<details>", "<details open>")
    head = f'<div class="head"><b>coder-fix</b> bot &nbsp; {name}</div>'
    return f'<div class="box">{head}<div class="body">{html}</div></div>'


def find_browser() -> str | None:
    """The first that is installed."""
    return next(filter(None, map(shutil.which, _BROWSERS)), None)


def screenshot(browser: str, html: Path, png: Path, width: int, height: int = 0) -> None:
    """One picture of one page; height 0 is as high as the page is."""
    height = height or _height(browser, html, width)
    _browse(browser, html, width, height, f"--screenshot={png}")


def _height(browser: str, html: Path, width: int) -> int:
    """Of the page at that width: a copy of it tells its own."""
    told = "document.documentElement.dataset.tall=Math.ceil(document.body.scrollHeight)"
    probe = html.with_name(f"{html.name}.probe.html")
    script = f"<script>onload=()=>{{{told}}}</script>"
    probe.write_text(html.read_text(encoding="utf-8") + script, encoding="utf-8")
    found = re.search(r'data-tall="(\d+)"', _browse(browser, probe, width, 100, "--dump-dom"))
    return int(found[1]) if found else 700


def _browse(browser: str, html: Path, width: int, height: int, act: str) -> str:
    with tempfile.TemporaryDirectory() as profile:
        size = f"--window-size={width},{height}"
        done = subprocess.run(
            [browser, *_FLAGS, f"--user-data-dir={profile}", size, act, html.as_uri()],
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=120,
        )
    return done.stdout


def main() -> int:
    """Render every file named on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("outdir", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--width", type=int, default=920)
    parser.add_argument("--height", type=int, default=0, help="as high as it is")
    parser.add_argument("--sheet", default="", help="one picture of all, by this name")
    parser.add_argument("--open", action="store_true", help="unfold what is folded")
    parser.add_argument("--dark", action="store_true")
    options = parser.parse_args()
    browser = find_browser()
    if browser is None:
        sys.stderr.write(f"No browser found; install one of {', '.join(_BROWSERS)}.\n")
        return 2
    try:
        options.outdir.mkdir(parents=True, exist_ok=True)
        files = captions(options.files)
        texts = {name: file.read_text(encoding="utf-8") for name, file in files.items()}
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}.\n")
        return 2
    pages = (
        {Path(options.sheet).name: texts}
        if options.sheet
        else {name: {name: texts[name]} for name in texts}
    )
    with tempfile.TemporaryDirectory() as scratch:
        for name, shown in pages.items():
            html = Path(scratch, f"{name}.html")
            base = files[name].parent if name in shown else None
            text = page(shown, dark=options.dark, is_open=options.open, base=base)
            html.write_text(text, encoding="utf-8")
            png = options.outdir.resolve() / f"{name}.png"
            screenshot(browser, html, png, options.width, options.height)
            sys.stdout.write(f"{png}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
