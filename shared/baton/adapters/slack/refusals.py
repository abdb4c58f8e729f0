"""What Baton does about each of Slack's refusals: one table.

The codes are those that Slack's method reference lists for what Baton calls (August 2026), those of
its published OpenAPI file (2021), and a few that only its change log or its answers name. A code
without a row is ``OTHER``: the message is parked, and told to the next recipient. The words say
what a person can do; they name a channel or a scope, never a person or a text.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from msgspec import Struct

#: - ``later``: Slack has done nothing; the message waits in its queue, at least ``wait``.
#: - ``look``: it may have been done, so Baton looks for the message before it sends it again.
#: - ``token``: as ``later``, after the token was read again once; an operator must fix it.
#: - ``operator``: as ``later``; it refuses every message, and an operator must fix it.
#: - ``repost``: the message cannot be edited any more, so a new one is posted.
#: - ``park``: never as it is; the lead's next recipient is told (decision 020), the message is
#:   parked with the words, and `baton redrive` sends it once that is fixed.
Does = Literal["later", "look", "token", "operator", "repost", "park"]


class Row(Struct, frozen=True):
    """One refusal. ``{where}`` in its words is the channel, ``{scope}`` the missing scopes."""

    does: Does
    #: What a person can do about it; empty: nothing needs to be done.
    fix: str = ""
    #: The same for a message to a person; empty: the same words.
    to_person: str = ""
    #: The least wait, unless Slack gives one (Retry-After).
    wait: timedelta = timedelta(0)


_OPERATOR_WAIT = timedelta(minutes=5)


def _operator(fix: str) -> Row:
    return Row("operator", fix, wait=_OPERATOR_WAIT)


def _later(**wait: float) -> Row:
    return Row("later", wait=timedelta(**wait))


_TOKEN = Row("token", "put a valid bot token into the Slack secret", wait=_OPERATOR_WAIT)
_APP = _operator("the app may not do this here: ask an administrator of the workspace")
_RETIRED = _operator("Slack has retired what this Baton calls: update Baton")
_LOOK = Row("look")
_REPOST = Row("repost")
_NO_MEMBER = Row("park", "correct slack_user in roster.yaml: Slack knows no such member")
_CLOSED = Row("park", "unarchive {where}, or name another channel in notifications.yaml")
_POSTING = Row(
    "park",
    "{where} lets only some members post: allow Baton to, in its settings",
    to_person="the workspace does not let Baton write to them: ask an administrator of it",
)
_THREADS = Row("park", "{where} does not take messages like this: name another channel")
#: Something in the message or the call that no admin can fix.
_FAULT = Row("park", "this is a fault in Baton: report it with this line")

#: For any code without a row of its own.
OTHER = Row("park", "Slack's reference says what the code means")
#: For 429, whatever the body.
LIMITED = _later(seconds=1)
#: For an answer that is not Slack's own: a gateway's page, or JSON without a code. It does not say
#: what happened behind it.
UNREADABLE = _LOOK


def row_of(code: str) -> Row:
    return ROWS.get(code, OTHER)


def _rows() -> Iterator[tuple[str, Row]]:
    # Limits, and moves between servers: a workspace is back after seconds or minutes.
    yield "ratelimited", LIMITED
    yield "rate_limited", LIMITED
    yield "streaming_state_conflict", LIMITED
    yield "migration_in_progress", _later(seconds=30)
    yield "message_limit_exceeded", _later(minutes=1)  # of the whole workspace
    yield "external_channel_migrating", _later(minutes=1)
    yield "external_team_migrating", _later(minutes=1)
    yield "team_added_to_org", _later(minutes=1)
    yield "org_login_required", _later(minutes=5)
    # Trouble inside Slack. Of the first two it documents that part of the work may have been done;
    # the same is assumed of the others.
    yield "fatal_error", _LOOK
    yield "internal_error", _LOOK
    yield "request_timeout", _LOOK
    yield "service_unavailable", _LOOK
    yield "update_failed", _LOOK
    # The token.
    for code in (
        "account_inactive",
        "invalid_auth",
        "not_authed",
        "token_expired",
        "token_revoked",
    ):
        yield code, _TOKEN
    # The app and its workspace: each refuses every message, not only this one.
    yield "missing_scope", _operator("add {scope} to the app's scopes, and reinstall it")
    yield "not_allowed_token_type", _operator("the Slack secret needs a bot token (xoxb-…)")
    yield "is_bot", _operator("the Slack secret needs a bot token (xoxb-…)")
    yield "messages_tab_disabled", _operator("switch on the app's Messages tab (App Home)")
    yield "no_permission", _operator("invite the app to {where} (/invite @Baton); see its scopes")
    yield "accesslimited", _operator("the workspace takes calls from some networks only")
    for code in (
        "access_denied",
        "app_access_restricted",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "team_access_not_granted",
        "two_factor_setup_required",
        "upgrade_required",
    ):
        yield code, _APP
    for code in (
        "app_missing_action_url",
        "deprecated_endpoint",
        "method_deprecated",
        "unknown_method",
    ):
        yield code, _RETIRED
    # The message: deleted, or too old to edit in this workspace.
    for code in ("cant_update_message", "edit_window_closed", "message_not_found"):
        yield code, _REPOST
    # The channel.
    yield (
        "channel_not_found",
        Row(
            "park",
            "{where} was deleted, or is private and Baton is not in it: invite the app"
            " (/invite @Baton), or name another channel in notifications.yaml",
            to_person=_NO_MEMBER.fix,
        ),
    )
    yield "not_in_channel", Row("park", "invite the app to {where}: /invite @Baton")
    yield "channel_is_limited_access", Row("park", "invite the app to {where}: /invite @Baton")
    yield "is_archived", _CLOSED
    yield "is_inactive", _CLOSED
    yield "restricted_action", _POSTING
    yield "restricted_action_read_only_channel", _POSTING
    yield "posting_to_channel_denied", _POSTING
    yield "restricted_action_thread_only_channel", _THREADS
    yield "restricted_action_non_threadable_channel", _THREADS
    yield "restricted_action_thread_locked", _THREADS
    yield "method_not_supported_for_channel_type", _THREADS
    yield (
        "team_not_found",
        Row("park", "an org-wide token needs ids of channels: publish the policy"),
    )
    # The person.
    yield "user_not_found", _NO_MEMBER
    yield "users_not_found", _NO_MEMBER
    yield "user_not_visible", _NO_MEMBER
    yield "cannot_dm_bot", Row("park", "correct slack_user in roster.yaml: it is a bot's")
    yield (
        "user_disabled",
        Row("park", "their Slack account is deactivated: take them out of the roster"),
    )
    yield "user_not_in_channel", Row("park", "they have left the conversation")
    yield "invalid_user_combination", Row("park", "share a channel with their organisation first")
    # The call.
    for code in (
        "block_mismatch",
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_charset",
        "invalid_cursor",
        "invalid_form_data",
        "invalid_json",
        "invalid_limit",
        "invalid_metadata_filter_keys",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_post_type",
        "invalid_ts_latest",
        "invalid_ts_oldest",
        "invalid_types",
        "json_not_object",
        "limit_required",
        "markdown_text_conflict",
        "metadata_must_be_sent_from_app",
        "metadata_too_large",
        "missing_argument",
        "missing_post_type",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "not_enough_users",
        "too_many_attachments",
        "too_many_users",
        "users_list_not_supplied",
    ):
        yield code, _FAULT


#: Code -> what Baton does.
ROWS = dict(_rows())
