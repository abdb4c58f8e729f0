"""`/baton` in Slack: the text becomes an event about a person, or the answer says what to type."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.domain.routing.availability import instant_of
from baton.failures import Malformed
from baton.http.slack_command import NOTED, how_to, read_command
from baton.wire.details import PersonHint
from baton.wire.vocabulary import from_detail, to_detail
from tests.http.requests import NOW, body_of, load

FORM = {"user_id": "U1", "team_id": "T1", "trigger_id": "1.2.ab"}


def typed(text: str) -> bytes:
    return urlencode({**FORM, "text": text}).encode()


def hint(text: str) -> PersonHint:
    found = read_command(typed(text), NOW)
    assert found.reply == NOTED
    assert found.hint is not None
    return found.hint


def test_the_command_on_file_becomes_news() -> None:
    found = read_command(body_of(load("receive_slack.command_away.json")), NOW)
    assert found.hint == PersonHint(
        event_id="slc:T012TEAM1:U012REP01:111111111111.222222222222.0011",
        person="slack:U012REP01",
        occurred_at=NOW,
        away=True,
        back="2026-12-01",
        source="slack",
    )


@pytest.mark.parametrize(
    ("text", "until", "back"),
    [
        ("away", None, ""),
        ("  AWAY  ", None, ""),
        ("away until", None, ""),
        ("away 15:30", None, "15:30"),
        ("away till 9:05", None, "09:05"),
        ("away until 2026-12-01", None, "2026-12-01"),
        ("away 2026-12-01 9:00", None, "2026-12-01T09:00"),
        ("away 2026-12-01T13:00", None, "2026-12-01T13:00"),
        ("away 2 hours", timedelta(hours=2), ""),
        ("away for 1 hour", timedelta(hours=1), ""),
        ("away 90m", timedelta(minutes=90), ""),
        ("away 45 min", timedelta(minutes=45), ""),
        ("away 3 days", timedelta(days=3), ""),
        ("away 2w", timedelta(weeks=2), ""),
    ],
)
def test_away_until_when(text: str, until: timedelta | None, back: str) -> None:
    found = hint(text)
    assert found.away
    assert found.until == (NOW + until if until else None)
    assert found.back == back


@pytest.mark.parametrize("text", ["back", " Back ", "i'm back", "I\u2019m back", "back\u00a0"])
def test_back(text: str) -> None:
    found = hint(text)
    assert (found.away, found.until, found.back) == (False, None, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("help", ""),
        ("leads", "Baton does not know that command."),
        ("awayy", "Baton does not know that command."),
        ("away until friday", "Baton cannot read that time."),
        ("away 25:00", "That time does not exist."),
        ("away 2026-02-30", "That time does not exist."),
        ("away 2099-01-01", "A year at most"),
        ("away 60 weeks", "Give a minute to a year"),
        ("away 0 days", "Give a minute to a year"),
    ],
)
def test_what_is_not_understood_is_answered_with_what_would_be(text: str, said: str) -> None:
    found = read_command(typed(text), NOW)
    assert found.hint is None
    assert found.reply.startswith(said)
    assert found.reply.endswith(how_to(NOW))


@pytest.mark.parametrize("hour", [0, 12, 23])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])
def test_every_example_of_the_help_can_be_typed_on_any_day(hour: int, zone: str) -> None:
    """The date was once that of the day, which is past wherever it is typed."""
    now = NOW.replace(hour=hour)
    examples = [one.removeprefix("/baton ") for one in how_to(now).split("`")[1::2]]
    assert len(examples) == 7
    for text in (one if one[0].isalpha() else f"away {one}" for one in examples):
        found = read_command(typed(text), now).hint
        assert found is not None
        if found.back:
            assert instant_of(found.back, zone, now) > now
        assert found.until is None or found.until > now


@pytest.mark.parametrize("missing", sorted(FORM))
def test_a_form_that_lacks_something_names_it(missing: str) -> None:
    form = {name: value for name, value in FORM.items() if name != missing}
    with pytest.raises(Malformed, match=f"^form.{missing}: required$"):
        read_command(urlencode(form).encode(), NOW)


def test_a_certificate_check_is_no_command() -> None:
    found = read_command(b"ssl_check=1&token=x", NOW)
    assert (found.hint, found.reply) == (None, "")


@given(st.text(max_size=40) | st.from_regex(r"away [0-9:T \-mhdw]{0,20}"))
def test_whatever_is_typed_is_news_that_travels_or_an_answer(text: str) -> None:
    found = read_command(typed(text), NOW)
    if found.hint is None:
        assert found.reply.endswith(how_to(NOW))
        return
    kind, detail = to_detail(found.hint)
    assert from_detail(kind, detail) == found.hint
    if found.hint.back:
        at = instant_of(found.hint.back, "America/New_York", NOW)
        assert isinstance(at, datetime)
