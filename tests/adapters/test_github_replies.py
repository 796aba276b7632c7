"""A refusal names the permission that GitHub would accept, where it tells one."""

from __future__ import annotations

import pytest

from bot.adapters.github_api.replies import Reply, refusal


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("actions=read", "Grant `actions: read` in"),
        (
            "issues=write; pull_requests=write",
            "Grant `issues: write` or `pull-requests: write` in",
        ),
        (
            "contents=read,pull_requests=read",
            "Grant `contents: read` and `pull-requests: read` in",
        ),
        ("", "Grant the permission in"),
        ("allows_permissionless_access=true", "Grant the permission in"),
        ("<img src=x>=read", "Grant the permission in"),
    ],
)
def test_what_a_refusal_asks_for(header: str, words: str):
    """Sets stand between `;`, what is needed together between `,`; what is neither is left out."""
    reply = Reply(403, {"x-accepted-github-permissions": header}, {"message": "no"})

    assert refusal("GET", "/x", reply).remedy.startswith(words)
