"""A key for a GitHub App of the sandbox, made once a run, and ways to register it."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_apps import App

APP_ID = 4711
SLUG = "fixer"
GRANTED = {
    "actions": "write",
    "administration": "write",
    "checks": "read",
    "contents": "write",
    "issues": "write",
    "pull_requests": "write",
    "statuses": "read",
    "workflows": "write",
}
"""More than the bot ever needs, as people grant it."""


class Key(NamedTuple):
    """A pair, both PEM."""

    private: str
    public: str


@cache
def key(which: str = "the App's") -> Key:
    """One for each `which`; PKCS #1 as GitHub hands it out."""
    del which
    made = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    private = made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = made.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Key(private.decode(), public.decode())


def registered(
    github: SandboxGitHub, permissions: dict[str, str] | None = None, **more: Any
) -> App:
    """The App, known to that GitHub and installed."""
    granted = GRANTED if permissions is None else permissions
    return github.tokens.register_app(APP_ID, SLUG, granted, **{"public_key": key().public} | more)
