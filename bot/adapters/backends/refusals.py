"""Coder's refusals as errors of ours: who can act, which input is meant, what to do.

Texts were recorded from v2.36.0 and 2.37-devel or read in coderd/aitasks.go, workspaces.go and
exp_chats.go at v2.36.0. They are matched by their first words, since versions differ in the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.adapters.backends.answer import Answer, in_one_line
from bot.adapters.backends.options import CoderOptions, Words
from bot.errors import BotError, ConfigurationError, InactiveUserError, UpstreamError
from bot.outcomes import ErrorKind
from bot.untrusted import Untrusted

AI_GATEWAY_OFF = "AI Gateway must be enabled"
REJECTED = "Task app rejected the message"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One known text: `pattern` is met by its beginning; `{…}` are filled from the answer."""

    pattern: str
    kind: ErrorKind
    message: str
    remedy: str = ""


_TEMPLATE = "The template {template} (coder-template-name)"

TASK_REFUSALS = (
    Refusal(
        'Template does not have a valid "coder_ai_task"',
        ErrorKind.TEMPLATE,
        f"{_TEMPLATE} cannot run tasks: its active version has no valid coder_ai_task.",
        "Add a coder_ai_task resource to it, or set coder-backend to chats.",
    ),
    Refusal(
        "Template version not found",
        ErrorKind.TEMPLATE,
        f"{_TEMPLATE} has no version that this token may use.",
        "Give the token's user the right to use the template.",
    ),
    Refusal(
        "Invalid task search query",
        ErrorKind.CONFIGURATION,
        "The user {owner} (coder-username) does not exist, or is hidden from this token.",
        "Correct coder-username, or leave it empty.",
    ),
    Refusal(
        "Display name must be",
        ErrorKind.INTERNAL,
        "The title of the session is too long for Coder.",
    ),
    Refusal(
        "Unable to create a Task with the provided name",
        ErrorKind.INTERNAL,
        "Coder refused the name of the session: {detail}",
    ),
)

WORKSPACE_REFUSALS = (
    Refusal(
        r'Template "[^"]*" has been deprecated',
        ErrorKind.TEMPLATE,
        f"{_TEMPLATE} is deprecated: {{words}}",
        "Name another template.",
    ),
    Refusal(
        "Unable to validate parameters",
        ErrorKind.TEMPLATE,
        f"{_TEMPLATE} needs values that nobody gave: {{fields}}.",
        "Give these parameters defaults, or name a preset that sets them in coder-template-preset.",
    ),
    Refusal(
        "Archived template versions",
        ErrorKind.TEMPLATE,
        f"{_TEMPLATE} has an archived version as its active one.",
        "Activate another version of the template.",
    ),
    Refusal(
        "failed to fetch preset parameter values",
        ErrorKind.CONFIGURATION,
        "The preset {preset} (coder-template-preset) is not known to Coder any more.",
        "Name one of the template's present presets, or leave the input empty.",
    ),
    Refusal(
        "External authentication is required",
        ErrorKind.TEMPLATE,
        f"{_TEMPLATE} requires a log-in that the workspace's owner does not have: {{fields}}.",
        "Log that user in under Coder's external authentication, or make it optional.",
    ),
    Refusal(
        "Unauthorized access to use the template",
        ErrorKind.CODER_PERMISSION,
        f"{_TEMPLATE} may not be used by the user of coder-token.",
        "Give that user the right to use the template.",
    ),
    Refusal(
        "Unauthorized to create workspace",
        ErrorKind.CODER_PERMISSION,
        "The user of coder-token may not create workspaces for {owner} (coder-username).",
        "Leave coder-username empty, or use the token of an organization admin.",
    ),
    Refusal(
        "Build is not permitted",
        ErrorKind.CODER_QUOTA,
        "Coder's licence does not allow the build: {words}",
        "Ask the administrator of this Coder.",
    ),
)

SEND_REFUSALS = (
    Refusal(REJECTED, ErrorKind.AGENT, "The agent did not take the message: {detail}"),
)

CHAT_REFUSALS = (
    Refusal(
        "You are not a member of the specified organization",
        ErrorKind.CONFIGURATION,
        "The user of coder-token is no member of the organization {organization}.",
        "Correct coder-organization, or add the user to it.",
    ),
    Refusal(
        "Forbidden.",
        ErrorKind.CODER_PERMISSION,
        "The user of coder-token may not create chats in {organization}.",
        "Give that user the organization role agents-access.",
    ),
    Refusal(
        "Workspace not found",
        ErrorKind.CONFIGURATION,
        "The workspace of the chat (workspace-id) does not exist, or is not the chat owner's.",
        "Correct workspace-id, or leave it empty.",
    ),
    Refusal(
        "Invalid model_config_id",
        ErrorKind.CONFIGURATION,
        "The model configuration in model-config-id does not exist or is disabled.",
        "Correct model-config-id, or leave it empty for the default model.",
    ),
    Refusal(
        "No default chat model config",
        ErrorKind.CODER_UNSUPPORTED,
        "This Coder has no default model for chats.",
        "Let an administrator configure one, or set model-config-id.",
    ),
    Refusal(
        AI_GATEWAY_OFF,
        ErrorKind.CODER_UNSUPPORTED,
        "Chats do not work on this Coder: {words}",
        "Let an administrator switch the AI Gateway on, or set coder-backend to tasks.",
    ),
    Refusal(
        "Chat usage limit exceeded",
        ErrorKind.CODER_QUOTA,
        "The spend limit for chats is reached: {words}{limit}",
        "Wait for the reset, or let an administrator raise the limit.",
    ),
    Refusal(
        "Chat owner ",
        ErrorKind.CODER_PERMISSION,
        "The chat cannot belong to {owner} (coder-username): {words}",
        "Name a user who may use chats, or leave coder-username empty.",
    ),
)

ANY_REFUSAL = (
    Refusal(
        "Request body too large",
        ErrorKind.CONFIGURATION,
        "The prompt is too large for this Coder.",
        "Lower log-budget-chars, or shorten prompt and extra-instructions.",
    ),
    Refusal(
        "Forbidden.",
        ErrorKind.CODER_PERMISSION,
        "The user of coder-token may not do this in Coder.",
        "Give that user the missing right; coder-token needs no scope limits for chats.",
    ),
)


def refused(
    what: str, answer: Answer, options: CoderOptions, known: tuple[Refusal, ...] = ()
) -> BotError:
    """The error for an answer that is no success; `what` names the call in three words."""
    for refusal in (*known, *ANY_REFUSAL):
        if re.match(refusal.pattern, answer.message):
            return _error(refusal, answer, options)
    if answer.status == 404 and not answer.route_missing and options.user != "me":
        return ConfigurationError(
            f"The user {options.user} (coder-username) does not exist, is not in the template's"
            " organization, or is hidden from this token.",
            remedy="Correct coder-username, or leave it empty.",
        )
    if answer.route_missing:
        return UpstreamError(
            ErrorKind.CODER_UNSUPPORTED,
            f"The Coder at coder-url does not serve what is needed to {what}.",
            status=404,
            remedy="It may have been upgraded: Tasks are off by default from v2.37.",
        )
    kind = ErrorKind.CODER_PERMISSION if answer.status in {403, 404} else ErrorKind.CODER
    words = in_one_line(f"{answer.message} {answer.detail}") or "no reason given"
    return UpstreamError(
        kind,
        f"Coder refused to {what} ({answer.status}): {words}",
        status=answer.status,
        maybe_done=answer.status >= 500,
    )


def _error(refusal: Refusal, answer: Answer, options: CoderOptions) -> BotError:
    fields = ", ".join(field for field, _ in answer.validations)
    if any(field == "external_auth" for field, _ in answer.validations):
        fields = ", ".join(detail for _, detail in answer.validations)
    message = refusal.message.format(
        template=options.template,
        preset=options.preset or "chosen",
        owner=options.user,
        organization=options.organization_name,
        words=in_one_line(answer.message),
        detail=in_one_line(answer.detail),
        fields=in_one_line(fields),
        limit=_spend(answer),
    )
    if refusal.kind is ErrorKind.CONFIGURATION:
        return ConfigurationError(message, remedy=refusal.remedy)
    return UpstreamError(
        refusal.kind,
        message,
        status=answer.status,
        detail=Untrusted("" if "{detail}" in refusal.message else answer.detail),
        remedy=refusal.remedy,
    )


def _spend(answer: Answer) -> str:
    """Spent, limit and reset of the 409 of v2.33 to v2.36; amounts are millionths of a dollar."""
    body = answer.data
    try:
        spent, limit = body["spent_micros"] / 1e6, body["limit_micros"] / 1e6
    except (KeyError, TypeError):
        return ""
    return f" (${spent:.2f} of ${limit:.2f}, resets at {in_one_line(str(body.get('resets_at')))})"


def signed_out(message: str, detail: str, words: Words) -> UpstreamError:
    """The error for a 401: unknown, expired, revoked, or its user suspended."""
    if "not active" in message:
        return InactiveUserError(
            ErrorKind.CODER_AUTH,
            words.inactive,
            status=401,
            detail=Untrusted(message),
            remedy="Let an administrator activate that user again.",
        )
    cause = "has expired" if "expired at" in detail else "is not valid"
    return UpstreamError(
        ErrorKind.CODER_AUTH,
        words.ended.format(cause=cause),
        status=401,
        detail=Untrusted(detail),
        remedy=words.renew,
    )
