"""Messages in Slack: complete, and acceptable to Slack whatever text is in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from baton.domain.escalation.batching import ENTRIES, Board
from baton.domain.phrase import Phrase, Text, phrase
from baton.domain.world.effects import (
    CardState,
    Deadline,
    DigestLine,
    DigestState,
    NoticeState,
    ReplyState,
)
from baton.http.slack import ACTIONS
from baton.presentation.slack import render
from tests.fakes.effects import (
    NOW,
    breaches,
    card_state,
    digest_state,
    entry,
    notice_state,
    reply_state,
)
from tests.presentation import phrases
from tests.presentation.checking import check, texts

#: Text that might become a link.
LINKS = ("a@b.example|c", "a@" + "b" * 60 + ".example", "+" + "1" * 20)
ZONES = ("Europe/Berlin", "Asia/Kathmandu", "", "No/Where", "../etc", "\x00")
words = phrases.hostile | st.sampled_from(LINKS)
said = phrases.phrases | words
zones = st.sampled_from(ZONES)
moments = st.integers(600_000_000, 4_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))
deadlines = st.builds(
    Deadline,
    label=words,
    due_at=moments,
    done_at=st.none() | moments,
    paused=words | st.lists(words, max_size=3).map(tuple),
)
pairs = st.tuples(words, words)
cards = st.builds(
    CardState,
    subject=words,
    slot=words,
    version=st.integers(1, 99),
    lead_id=words,
    to=words,
    assignment=st.integers(0, 10**6),
    state=st.sampled_from(["open", "accepted", "touched", "rejected", "taken_back", "closed"]),
    name=words,
    company=words,
    tier=words,
    packet=st.lists(pairs, max_size=60).map(tuple),
    why_now=st.lists(said, max_size=30).map(tuple),
    missing=st.lists(said, max_size=30).map(tuple),
    unread=st.lists(said, max_size=30).map(tuple),
    phones=st.lists(st.integers(0, 60), max_size=60).map(tuple),
    why_you=said,
    play=words,
    deadlines=st.lists(deadlines, max_size=30).map(tuple),
    zone=zones,
    reasons=st.lists(pairs, max_size=120).map(tuple),
    note=said,
    note_at=st.none() | moments,
)
notices = st.builds(
    NoticeState,
    subject=words,
    slot=words,
    version=st.integers(1, 99),
    to=words,
    level=st.sampled_from(["info", "warning", "breach"]),
    title=said,
    lines=st.lists(said, max_size=25).map(tuple),
    at=moments,
    zone=zones,
)
lines = st.lists(
    st.builds(DigestLine, lead=words, owner=words, what=words, detail=said), max_size=20
).map(tuple)
digests = st.builds(
    DigestState,
    subject=words,
    slot=words,
    version=st.integers(1, 99),
    to=words,
    manager=words,
    day=st.sampled_from(["2026-03-02", "tomorrow", ""]) | words,
    new_breaches=lines,
    open_breaches=lines,
    at_risk=lines,
    zone=zones,
)
boards = st.builds(
    Board,
    to=words,
    slot=words,
    version=st.integers(1, 99),
    entries=st.lists(notices.map(entry), min_size=1, max_size=30).map(tuple),
    gathers_until=st.none() | moments,
)
replies = st.builds(
    ReplyState,
    subject=words,
    slot=words,
    version=st.integers(1, 99),
    channel=words,
    user=words,
    lines=st.lists(said, max_size=5).map(tuple),
    text=words,
    zone=zones,
)


@given(cards | notices | boards | digests)
@example(card_state(packet=tuple(("<" * 5000, "&" * 5000) for _ in range(100))))
@example(card_state(reasons=tuple((f"r{n}", "&" * 100) for n in range(150))))
@example(notice_state(lines=("&" * 5000,) * 100, title="<" * 5000))
@example(breaches(2, title="<" * 5000, lines=("&" * 5000,) * 100))
@example(breaches(ENTRIES, title="<" * 5000, lines=("&" * 5000,) * 100))
@example(breaches(ENTRIES, title=""))
@example(breaches(99))
@example(digest_state(new_breaches=(DigestLine("&" * 999, "<" * 999, ">" * 999, "&" * 999),) * 200))
def test_any_state_gives_a_message_that_slack_takes(
    state: CardState | NoticeState | Board | DigestState,
) -> None:
    check(render(state))


@given(replies)
def test_any_reply_gives_a_text_that_slack_takes(state: ReplyState) -> None:
    check(render(state))


# ---------------------------------------------------------------- the card, state by state


def shown(state: Any) -> str:
    return json.dumps(render(state).blocks, ensure_ascii=False)


def elements(card: CardState) -> list[str]:
    return [
        element["action_id"]
        for block in render(card).blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        pytest.param("open", ["baton:accept", "baton:reject"], id="open"),
        pytest.param("accepted", ["baton:touch", "baton:qualify", "baton:reject"], id="accepted"),
        pytest.param("touched", ["baton:qualify", "baton:reject"], id="touched"),
        pytest.param("rejected", [], id="rejected"),
        pytest.param("taken_back", [], id="taken back"),
        pytest.param("closed", [], id="closed"),
    ],
)
def test_a_card_offers_what_can_still_be_done(state: Any, offered: list[str]) -> None:
    # The button that explains deadlines is shown as long as there are any.
    assert elements(card_state(state=state)) == [*offered, *["baton:explain"] * bool(offered)]
    assert elements(card_state(state=state, deadlines=())) == offered


def test_a_paused_deadline_says_so_and_why() -> None:
    line = Deadline("First touch", NOW, paused=("Waiting on the lead", "With <legal>"))
    shown = render(card_state(deadlines=(line,)))
    said = [text["text"] for text in texts(shown.blocks)]
    why = "(Waiting on the lead, With &lt;legal&gt;)"
    assert any(f"⏸ First touch: paused {why}" in text for text in said)
    assert f"First touch is paused {why}" in shown.text


def test_the_buttons_name_the_lead_and_the_assignment() -> None:
    (actions,) = [b for b in render(card_state()).blocks if b["type"] == "actions"]
    assert actions["block_id"] == "lead:501:1"
    select = actions["elements"][1]
    assert [option["value"] for option in select["options"]] == ["bad_fit", "timing", "no_budget"]


def test_a_policy_without_reasons_offers_no_rejection() -> None:
    assert elements(card_state(reasons=())) == ["baton:accept", "baton:explain"]
    assert elements(card_state(reasons=(), state="touched")) == ["baton:qualify", "baton:explain"]


@pytest.mark.parametrize("state", ["open", "accepted", "touched"])
def test_only_the_next_step_stands_out_and_all_of_them_are_read_out(state: Any) -> None:
    (actions,) = [b for b in render(card_state(state=state)).blocks if b["type"] == "actions"]
    styles = [element.get("style") for element in actions["elements"]]
    assert styles == ["primary", *[None] * (len(styles) - 1)]
    spoken = render(card_state(state=state)).text
    assert ("qualified" in spoken) == (state != "open")
    assert spoken.endswith("reject it with a reason.")


def test_every_element_of_the_card_is_understood_by_the_door() -> None:
    offered = {
        name
        for state in ("open", "accepted", "touched")
        for name in elements(card_state(state=state, undo=state != "open"))
    }
    assert offered == set(ACTIONS)


def test_an_open_card_shows_everything_a_rep_needs() -> None:
    text = shown(card_state())
    for wanted in (
        "Nora Lindqvist · Helvia Robotics",
        "Hot",
        "Asked for: Demo",
        "Planning &amp; &lt;shifts&gt; in spreadsheets",
        "<mailto:nora.lindqvist@helvia.example|nora.lindqvist@helvia.example>",
        "<tel:+41445550120|+41 44 555 01 20>",
        "Call within the hour",
        "Why you: Enterprise EMEA: next in EMEA desk",
    ):
        assert wanted in text


def test_only_a_phone_number_is_a_link_to_call() -> None:
    """Ranges and other numbers look like phone numbers, too: nobody must call 100500."""
    values = (("Employees", "100-500"), ("Phone", "100-500"), ("Score", "1 000 000"))
    text = shown(card_state(packet=values, phones=(1,)))
    assert text.count("<tel:") == 1
    assert "<tel:100500|100-500>" in text.partition("*Phone*")[2]


def test_what_cannot_be_read_is_marked_on_the_card_in_plain_words() -> None:
    said = tuple(
        Phrase("unread", (label, value, Phrase("unread.why", (kind,))))
        for label, value, kind in (
            ("Employees", "1k-ish", "number"),
            ("Country", "DACH <b>", "country"),
        )
    )
    card = card_state(unread=said)
    employees = 'Employees: "1k-ish" cannot be read as a number, so no rule counts it.'
    for text in (shown(card).replace('\\"', '"'), render(card).text):
        assert employees in text
        assert '"DACH &lt;b&gt;" is no country that Baton knows' in text
        assert "Please correct it in HubSpot." in text


def test_what_a_lead_came_without_is_what_the_rep_should_ask() -> None:
    card = card_state(missing=("Industry", Phrase("or", ("E-mail", "Phone"))))
    assert "Came without: Industry, E-mail or Phone. Please ask the person." in shown(card)
    assert "Came without: Industry, E-mail or Phone" in render(card).text


#: NOW in each reader's own zone; if Slack cannot show that, in the zone of the card.
IN_BERLIN = f"<!date^{int(NOW.timestamp())}^{{date_short_pretty}} at {{time}}|Mon 2 Mar, 10:00 CET>"


def test_a_deadline_is_shown_in_the_readers_zone_and_spelled_in_the_reps() -> None:
    due = int((NOW + timedelta(minutes=15)).timestamp())
    expected = f"<!date^{due}^{{date_short_pretty}} at {{time}}|Mon 2 Mar, 10:15 CET>"
    assert expected in shown(card_state())


def test_a_met_target_is_shown_as_met() -> None:
    kept = card_state(
        state="accepted",
        deadlines=(Deadline("Accept", NOW, done_at=NOW),),
        note=Phrase("accepted", ("Anna Keller",)),
        note_at=NOW,
    )
    assert f"✔ Accept: done {IN_BERLIN}" in shown(kept)
    assert "Accept done Mon 2 Mar, 10:00 CET" in render(kept).text


@pytest.mark.parametrize("state", ["rejected", "taken_back", "closed"])
def test_a_former_owner_no_longer_sees_the_packet(state: Any) -> None:
    note = Phrase("reassigned.to", ("Rita", "Kim Novak", "on holiday"))
    card = card_state(state=state, note=note, note_at=NOW)
    message = render(card)
    assert "Rita gave it to Kim Novak: on holiday" in shown(card)
    assert "nora.lindqvist@helvia.example" not in shown(card)
    assert "nora.lindqvist@helvia.example" not in message.text


@pytest.mark.parametrize("state", ["accepted", "touched", "rejected", "taken_back", "closed"])
def test_a_card_that_moved_on_says_who_and_when(state: Any) -> None:
    note = Phrase("touch.seen", ("Anna Keller", "did it"))
    card = card_state(state=state, note=note, note_at=NOW)
    contexts = [b for b in render(card).blocks if b["type"] == "context"]
    said = contexts[0]["elements"][0]["text"]
    assert "Anna Keller: did it" in said
    assert IN_BERLIN in said
    assert "Anna Keller: did it, Mon 2 Mar, 10:00 CET" in render(card).text


def test_the_text_for_screen_readers_is_complete_and_begins_with_the_news() -> None:
    text = render(card_state()).text
    assert text.startswith(
        "New lead: Nora Lindqvist (Helvia Robotics). Hot. Accept by Mon 2 Mar, 10:15 CET"
    )
    for wanted in ("First touch by", "Asked for: Demo", "Role: Head of Operations", "Accept it or"):
        assert wanted in text
    assert "<!date" not in text


def test_a_strangers_markup_stays_text() -> None:
    hostile = "<!channel> <https://evil.example|Prize>"
    card = card_state(name=hostile, play=hostile, packet=((hostile, hostile),), note=hostile)
    markup = [text["text"] for text in texts(render(card).blocks) if text["type"] == "mrkdwn"]
    for text in (render(card).text, *markup):
        assert "<!channel" not in text
        assert "<https" not in text
    assert any("&lt;!channel&gt; &lt;https://evil.example|Prize&gt;" in text for text in markup)


# ---------------------------------------------------------------- notices, digests, replies


@pytest.mark.parametrize(("level", "mark"), [("info", ""), ("warning", "⚠ "), ("breach", "✖ ")])
def test_a_notice_shows_its_severity(level: Any, mark: str) -> None:
    message = render(notice_state(level=level))
    shown = message.blocks[0]["text"]["text"]
    assert shown.startswith(f"{mark}*Accept for Nora Lindqvist (Helvia Robotics) was due <!date")
    assert "It is with Anna Keller now." in shown
    assert "It is with Anna Keller now." in message.text


def test_a_digest_counts_and_lists() -> None:
    text = shown(digest_state())
    assert "Your team on Mon 2 Mar" in text
    assert "Good morning, Maria Ortiz. *1* new breach, *2* still open, *0* at risk today." in text
    assert "✖ *New breaches* (1)" in text
    assert f"due {IN_BERLIN}; pulled back to the next rep 2 h late" in text
    spoken = render(digest_state()).text
    assert "due Mon 2 Mar, 10:00 CET; pulled back to the next rep 2 h late." in spoken
    assert "At risk today*" not in text, "an empty list has no heading"


def test_a_digest_without_breaches_says_so() -> None:
    quiet = digest_state(new_breaches=(), open_breaches=())
    assert "No breaches, and nothing at risk today." in shown(quiet)
    assert "No breaches, and nothing at risk today." in render(quiet).text


def test_a_long_list_is_cut_and_says_so() -> None:
    line = DigestLine("A", "B", "C", "D")
    assert "… and 25 more" in shown(digest_state(new_breaches=(line,) * 40))


@pytest.mark.parametrize(
    ("leads", "rest", "count", "more"),
    [
        pytest.param(1, Phrase("digest.more", (5,)), 6, 5, id="cut by the flow"),
        pytest.param(15, Phrase("digest.more", (5,)), 20, 5, id="as many as are shown, and more"),
        pytest.param(17, Phrase("digest.more", (5,)), 22, 7, id="cut by both"),
        pytest.param(15, "and 5 more", 20, 5, id="stored as text"),
        pytest.param(15, Phrase("digest.more", ("x",)), 15, 0, id="not a number"),
        pytest.param(15, None, 15, 0, id="all there are"),
    ],
)
def test_a_cut_list_counts_every_lead(leads: int, rest: Text | None, count: int, more: int) -> None:
    line = DigestLine("A", "B", "C", "D")
    beyond = (DigestLine("", "", "", rest),) if rest is not None else ()
    digest = digest_state(new_breaches=(*[line] * leads, *beyond))
    text, message = shown(digest), render(digest)
    assert f"*New breaches* ({count})" in text
    assert f"*{count}* new" in text
    assert (f"… and {more} more" in text) is bool(more)
    assert text.count("• *A*") == min(leads, 15)
    assert (f"New breach: {more} more leads." in message.text) is bool(more)
    assert "nobody" not in text


def test_a_digest_says_its_remarks_and_does_not_count_them() -> None:
    said = (
        Phrase("digest.in_place", ("Mona <",)),
        phrase("digest.since.last", "Mona <", NOW),
    )
    beyond = tuple(DigestLine("", "", "", one) for one in said)
    digest = digest_state(new_breaches=beyond, open_breaches=(), zone="Europe/Berlin")
    text = shown(digest)
    assert "No breaches, and nothing at risk today." in text
    assert "New breaches*" not in text, "an empty list has no heading"
    assert "You get this in place of Mona &lt;, who is not there" in text
    assert f"since the last digest, {IN_BERLIN}." in text
    assert "since the last digest, Mon 2 Mar, 10:00 CET." in render(digest).text
    full = digest_state(new_breaches=(*[DigestLine("A", "B", "C", "D")] * 3, *beyond))
    assert "*3* new breaches" in shown(full)


def test_a_reply_is_its_lines_in_the_readers_zone() -> None:
    lines = (Phrase("click.accepted", ("A < B & C",)), phrase("clock.due", "Accept", NOW))
    assert render(reply_state(lines=lines, zone="Europe/Berlin")).text == (
        "You already accepted A &lt; B &amp; C.\nAccept is due Mon 2 Mar, 10:00 CET."
    )
