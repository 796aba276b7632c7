"""The part of an event's payload that a door reads, or a word about what is wrong with it."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.errors import ConfigurationError
from bot.model import Event

M = TypeVar("M", bound=BaseModel)


def payload_of(model: type[M], event: Event) -> M:
    """The payload as that model. Raises `ConfigurationError` that names the member."""
    try:
        return model.model_validate(event.payload)
    except ValidationError as failure:
        where = ".".join(str(part) for part in failure.errors()[0]["loc"])
        raise ConfigurationError(
            f"The `{event.name}` event has no usable `{where}`.",
            remedy="The file that GITHUB_EVENT_PATH names must be GitHub's own payload.",
        ) from None
