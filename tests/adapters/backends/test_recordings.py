"""Every recording of a real Coder that an adapter can send is replayed; the others are listed."""

from __future__ import annotations

from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest
import vcr  # type: ignore[import-untyped]

from tests.adapters.backends.recorded import RECORDINGS, Replay, words
from tests.adapters.backends.recorded_verbs import VERBS

UNSENT = {
    "*/identity/*": "Accounts, roles and tokens are made by people (Coder's documentation).",
    "*/auth/user-by-name.yaml": "A user other than the token's own is asked for only on a Coder "
    "that takes owner_id, which none of the recorded ones does.",
    "*/auth/users-me-good-token-bearer.yaml": "The token travels in Coder-Session-Token only.",
    "*/auth/users-me-no-token.yaml": "Without a token the run ends before the first request.",
    "*/chats/admin-provider-and-model.yaml": "Providers and models are an administrator's.",
    "*/chats/create-body-too-large.yaml": "A prompt above 90 KiB is refused before it is sent.",
    "*/chats/list-paging.yaml": "Pages are asked for by a limit of 100; none was recorded.",
    "*/chats/stream-without-upgrade.yaml": "Polling needs no stream.",
    "*/meta/buildinfo.yaml": "The version is read from the header of every answer.",
    "*/meta/bypass-ratelimit-header.yaml": "That header is never sent.",
    "*/meta/non-api-path.yaml": "Only paths of the API are asked for.",
    "*/meta/unknown-route.yaml": "Only routes that some Coder serves are asked for.",
    "*/tasks/create-display-name-too-long.yaml": "Titles are cut to 64 bytes before.",
    "*/tasks/create-input-empty.yaml": "An empty prompt is refused before it is sent.",
    "*/tasks/create-invalid-json.yaml": "A client library writes the JSON.",
    "*/tasks/create-name-generated.yaml": "Name and title are always given.",
    "*/tasks/create-preset-empty-string.yaml": "No preset is an absent member.",
    "*/tasks/create-preset-nil-uuid.yaml": "No preset is an absent member.",
    "*/tasks/create-template-version-missing.yaml": "A version is always given.",
    "*/tasks/create-unknown-member-ignored.yaml": "No unknown member is ever sent.",
    "*/templates/acl-agpl.yaml": "Rights on templates are an administrator's.",
    "*/templates/deprecation-agpl.yaml": "Templates are changed by an administrator.",
    "*/templates/external-auth.yaml": "The refusal of the create call tells, and costs no request.",
    "*/templates/version.yaml": "The template's answer names its active version.",
    "*/workspaces/missing-required-parameter.yaml": "Parameters are given by presets only.",
}
"""The recordings of which no exchange can come from an adapter, each with the reason."""

GOLDEN = Path(__file__).with_name("recorded_outcomes.txt")
NAMES = sorted(str(path.relative_to(RECORDINGS)) for path in RECORDINGS.rglob("*.yaml"))


def listed(name: str) -> list[str]:
    """The patterns of `UNSENT` that list this recording."""
    return [pattern for pattern in UNSENT if fnmatch(name, pattern)]


@cache
def expected() -> dict[str, str]:
    """What is to come of each replayed recording, exchange by exchange."""
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines)


@pytest.mark.parametrize("name", [name for name in NAMES if not listed(name)])
def test_a_recording_is_replayed_to_its_end(name: str) -> None:
    """Each exchange that an adapter can send is sent by it, all are played, and the ends agree."""
    with vcr.use_cassette(
        str(RECORDINGS / name),
        record_mode="none",
        match_on=("method", "scheme", "host", "path", "query"),
    ) as cassette:
        replay = Replay(cassette, VERBS)
        replay.play()
        assert cassette.all_played
    assert expected().get(name) == words(replay.outcomes)


@pytest.mark.parametrize("name", [name for name in NAMES if listed(name)])
def test_a_listed_recording_holds_nothing_of_ours(name: str) -> None:
    """No exchange of a listed recording could be sent by an adapter."""
    with vcr.use_cassette(str(RECORDINGS / name), record_mode="none") as cassette:
        replay = Replay(cassette, VERBS)
        ours = [request.uri for request in cassette.requests if replay.verb(request)]
    assert [] == ours


def test_every_recording_is_either_replayed_or_listed_once() -> None:
    """The two tables together hold every recording, and no entry is left over."""
    assert [name for name in NAMES if not listed(name)] == sorted(expected())
    assert [] == [name for name in NAMES if len(listed(name)) > 1]
    assert [] == [p for p in UNSENT if not any(fnmatch(name, p) for name in NAMES)]
