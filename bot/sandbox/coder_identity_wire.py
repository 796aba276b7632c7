"""Users and tokens of the sandbox's Coder as on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.coder_answers import stamp
from bot.sandbox.coder_world import Token, User

_ZERO_TIME = "0001-01-01T00:00:00Z"


def _moment(moment: datetime | None) -> str:
    return stamp(moment) if moment else _ZERO_TIME


def user_json(user: User) -> dict[str, Any]:
    """A user as on the wire; `name` is absent when empty."""
    name = {"name": user.name} if user.name else {}
    return {
        "id": user.id,
        "username": user.username,
        **name,
        "email": user.email,
        "created_at": stamp(user.created_at),
        "updated_at": stamp(user.created_at),
        "last_seen_at": _moment(user.last_seen_at),
        "status": user.status,
        "login_type": user.login_type,
        **({"is_service_account": True} if user.service_account else {}),
        "organization_ids": [user.organization.id] if user.member else [],
        "roles": [{"name": role, "display_name": role} for role in sorted(user.roles)],
        "has_ai_seat": False,
    }


def token_json(token: Token) -> dict[str, Any]:
    """A token's record; the secret is never told again."""
    return {
        "id": token.id,
        "user_id": token.user.id,
        "last_used": stamp(token.last_used) if token.last_used else "1970-01-01T00:00:00Z",
        "expires_at": stamp(token.expires_at),
        "created_at": stamp(token.created_at),
        "updated_at": stamp(token.created_at),
        "login_type": token.login_type,
        "scope": "all",
        "scopes": list(token.scopes),
        "token_name": token.name,
        "lifetime_seconds": int((token.expires_at - token.created_at).total_seconds()),
        "allow_list": ["*:*"],
        "username": token.user.username,
    }
