"""The one place where outside text becomes showable: clean, then redact, then render.

Two families of renderers exist, and nothing else may show an `Untrusted`: `to_prompt` and
`prompt_block` for an agent, `to_markdown` and `markdown_block` for people. Each cleans (control
sequences, invisible characters), redacts (secrets, ours and other people's), truncates, and makes
what is left inert. `redact` runs once more over every assembled body.
"""

from bot.sanitize.control_sequences import clean, decode
from bot.sanitize.growing_secrets import GrowingSecrets
from bot.sanitize.redaction import redact
from bot.sanitize.rendering import (
    LINE_LIMIT,
    markdown_block,
    number_lines,
    prompt_block,
    to_markdown,
    to_prompt,
)
from bot.sanitize.secrets import NO_SECRETS, Secrets

__all__ = [
    "LINE_LIMIT",
    "NO_SECRETS",
    "GrowingSecrets",
    "Secrets",
    "clean",
    "decode",
    "markdown_block",
    "number_lines",
    "prompt_block",
    "redact",
    "to_markdown",
    "to_prompt",
]
