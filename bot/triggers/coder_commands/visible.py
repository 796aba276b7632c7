"""Which lines of a comment are its author's own plain words? As GitHub renders it. Pure.

The block structure is a CommonMark parser's business: a fence ends with the list item that holds
it, a quote goes on without its `>`, and a comment's reader sees that. What no block claims (the
definition of a link, containers nested too deeply) is not shown, and so is no text.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.triggers.coder_commands.html_state import End, HtmlState, Place

_CONTAINERS: Final = {
    f"{kind}_{edge}"
    for kind in ("blockquote", "list_item", "heading")
    for edge in ("open", "close")
}

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # Imported here, since only comments with a command in them need it.
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark")


def places(text: str) -> list[Place]:
    r"""The place of each line of `text`, whose lines end in `\n` only."""
    lines = text.split("\n")
    found = [Place.HIDDEN] * len(lines)
    tokens: list[Token] = []
    parser = _parser()
    parser.block.parse(text.replace("\0", "\ufffd"), parser, {}, tokens)
    html = HtmlState()
    saved: list[dict[str, int]] = []
    quotes = 0
    for token in tokens:
        if token.type in _CONTAINERS:
            quotes += token.nesting * (token.tag == "blockquote")
            if token.nesting > 0:
                saved.append(html.save())
            else:
                html.close(saved.pop(), End.CONTAINER, End.PARAGRAPH)
        elif token.type in {"inline", "html_block"} and token.map:
            first, end = token.map
            before = html.save()
            read = html.read("\n".join(lines[first:end]), raw=token.type == "html_block")
            if token.type == "inline":
                html.close(before, End.PARAGRAPH)
            found[first:end] = [Place.QUOTE] * (end - first) if quotes else read
    return found
