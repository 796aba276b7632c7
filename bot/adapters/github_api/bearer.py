"""Which kind of token ours is: by its shape and by what answers tell, without asking.

Sources: docs.github.com, "GitHub credential types" (prefixes) and "Rate limits for the REST API";
the shape `ghs_APPID_JWT` of 2026 from the description of apps/create-installation-access-token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from bot.model import Bearer, BearerKind

_GITHUB_ACTIONS: Final = "15368"
"""The App behind every workflow's token on github.com, as its check runs show it."""

_OF_A_WORKFLOW: Final = "1000"
"""Requests an hour; an installation of any other App has at least 5,000."""

_CLASSIC = re.compile(r"gh[po]_|[0-9a-f]{40}$")
_NUMBERED = re.compile(r"ghs_([0-9]+)_")


def told_by(token: str, api_url: str, headers: Mapping[str, str], login: str) -> Bearer:
    """`headers` are an answer's, names in lower case; `login` is empty where it is not known."""
    scopes = headers.get("x-oauth-scopes")
    if _CLASSIC.match(token):
        return Bearer(BearerKind.CLASSIC, None if scopes is None else _listed(scopes))
    if token.startswith("github_pat_"):
        return Bearer(BearerKind.FINE_GRAINED)
    if token.startswith("ghs_"):
        return Bearer(_installation(token, api_url, headers, login))
    return Bearer(BearerKind.UNKNOWN)


def _installation(token: str, api_url: str, headers: Mapping[str, str], login: str) -> BearerKind:
    numbered = _NUMBERED.match(token)
    if numbered and urlsplit(api_url).hostname == "api.github.com":
        return BearerKind.WORKFLOW if numbered[1] == _GITHUB_ACTIONS else BearerKind.APP
    if login:
        ours = login.removesuffix("[bot]") == "github-actions"
        return BearerKind.WORKFLOW if ours else BearerKind.APP
    if headers.get("x-ratelimit-limit") == _OF_A_WORKFLOW:
        return BearerKind.WORKFLOW
    return BearerKind.UNKNOWN


def _listed(scopes: str) -> frozenset[str]:
    return frozenset(scope.strip() for scope in scopes.split(",") if scope.strip())
