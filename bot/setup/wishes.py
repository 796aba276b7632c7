"""What the administrator wants."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.model import BackendName


class Identity(StrEnum):
    """Which kind of user the bot is; `AUTO` leaves it to version and licence."""

    AUTO = "auto"
    SERVICE_ACCOUNT = "service-account"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Wishes:
    """The end to reach. `backend` None: Tasks where they are served, else Chats.

    `replaces_template`: also one that somebody else made.
    """

    username: str
    email: str
    organization: str
    template: str
    token_name: str
    lifetime: timedelta
    backend: BackendName | None = None
    identity: Identity = Identity.AUTO
    renew: bool = False
    replaces_template: bool = False
    workspace_ttl: timedelta = timedelta(hours=4)


def is_ours(version: str) -> bool:
    """Whether a version of that name was made by `Push`."""
    return _OURS.fullmatch(version) is not None


_OURS = re.compile(r"cf-[0-9a-f]{10}(-[0-9a-f]{8})?(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Push:
    """What the template shall be. `values` may hold secrets; an absent one keeps its last value."""

    sources: Mapping[str, bytes] = field(repr=False)
    values: Mapping[str, str] = field(repr=False)
    salt: str = ""

    @property
    def source_part(self) -> str:
        """Ten digits that stand for the files."""
        digest = hashlib.sha256()
        for name, content in sorted(self.sources.items()):
            digest.update(f"{name}:{len(content)}:".encode() + content)
        return digest.hexdigest()[:10]

    @property
    def values_part(self) -> str:
        """Eight digits that stand for the given values, empty where none is given.

        A version's name can be read by every member, so a short secret must not be found by trying:
        scrypt makes each try dear, and eight digits leave many values that fit.
        """
        if not self.values:
            return ""
        told = json.dumps(dict(sorted(self.values.items()))).encode()
        return hashlib.scrypt(
            told, salt=self.salt.encode() or b"-", n=2**14, r=8, p=1, dklen=4
        ).hex()

    def version_name(self, active: str) -> str:
        """The name of the version that holds this; `active` is the name of the present one.

        Where no value is given the present ones stay, and with them their part of the name.
        """
        kept = active.split("-")[2:3] if is_ours(active) else []
        return "-".join(
            ["cf", self.source_part, *filter(None, [self.values_part or "".join(kept)])]
        )
