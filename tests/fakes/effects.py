"""Realistic effects, made by one call each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from baton.domain.escalation.batching import Board, Entry, entry_of
from baton.domain.lead import Value
from baton.domain.phrase import Phrase, phrase
from baton.domain.world.effects import (
    CardState,
    ContactState,
    Deadline,
    DigestLine,
    DigestState,
    NoticeState,
    ReplyState,
    TaskState,
)
from baton.presentation.slack.board import weight_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEAD = "501"
NORA = Phrase("who", ("Nora Lindqvist", "Helvia Robotics"))
WHY_YOU = Phrase("why.next", ("Enterprise EMEA", "EMEA desk"))


def contact_state(version: int = 1, contact_id: str = LEAD, **properties: Value) -> ContactState:
    return ContactState(
        subject=f"LEAD#{contact_id}",
        slot="contact",
        version=version,
        contact_id=contact_id,
        properties=properties or {"baton_tier": Value("hot", since=version)},
    )


def task_state(version: int = 1, contact_id: str = LEAD, **changes: Any) -> TaskState:
    task = TaskState(
        subject=f"LEAD#{contact_id}",
        slot="task:1:accept",
        version=version,
        contact_id=contact_id,
        owner="70001",
        subject_line=Phrase(
            "task.subject", ("Accept {name}, {company}", "Nora Lindqvist", "Helvia Robotics")
        ),
        body=(
            phrase("task.due", NOW + timedelta(minutes=15), WHY_YOU),
            Phrase("why_now.offer", ("Demo <1 h>",)),
        ),
        due_at=NOW + timedelta(minutes=15),
        zone="Europe/Berlin",
    )
    return replace(task, **changes)


def card_state(version: int = 1, **changes: Any) -> CardState:
    card = CardState(
        subject=f"LEAD#{LEAD}",
        slot="card:1",
        version=version,
        lead_id=LEAD,
        to="U0ANNA",
        assignment=1,
        state="open",
        name="Nora Lindqvist",
        company="Helvia Robotics",
        tier="Hot",
        packet=(
            ("E-mail", "nora.lindqvist@helvia.example"),
            ("Phone", "+41 44 555 01 20"),
            ("Role", "Head of Operations"),
            ("Pain", "Planning & <shifts> in spreadsheets"),
        ),
        phones=(1,),
        why_now=(Phrase("why_now.offer", ("Demo",)), Phrase("why_now.score", ("82",))),
        why_you=WHY_YOU,
        play="Call within the hour, then sequence “Demo, enterprise”",
        deadlines=(
            Deadline("Accept", NOW + timedelta(minutes=15)),
            Deadline("First touch", NOW + timedelta(hours=1)),
        ),
        zone="Europe/Berlin",
        reasons=(("bad_fit", "Bad fit"), ("timing", "Not now"), ("no_budget", "No budget")),
    )
    return replace(card, **changes)


def due(name: str, company: str = "") -> Phrase:
    """The title of a breach."""
    return phrase("notice.breached", "Accept", Phrase("who", (name, company)), NOW)


def notice_state(version: int = 1, **changes: Any) -> NoticeState:
    notice = NoticeState(
        subject=f"LEAD#{LEAD}",
        slot="notice:1:accept:breach",
        version=version,
        to="C0LEADS",
        level="breach",
        title=phrase("notice.breached", "Accept", NORA, NOW - timedelta(minutes=2)),
        lines=(
            Phrase("now_with", ("Anna Keller",)),
            phrase("next.pull_back", NOW + timedelta(minutes=20)),
        ),
        at=NOW,
        zone="Europe/Berlin",
    )
    return replace(notice, **changes)


def entry(notice: NoticeState) -> Entry:
    """*notice* as an entry of a board."""
    return entry_of(notice, weight_of(notice))


def digest_state(version: int = 1, **changes: Any) -> DigestState:
    line = DigestLine(
        lead="Nora Lindqvist (Helvia Robotics)",
        owner="Anna Keller",
        what="not accepted",
        detail=phrase("digest.answered", NOW, Phrase("answered.pulled_back"), timedelta(hours=2)),
    )
    digest = DigestState(
        subject="MANAGER#maria",
        slot="digest:2026-03-02",
        version=version,
        to="U0MARIA",
        manager="Maria Ortiz",
        day="2026-03-02",
        new_breaches=(line,),
        open_breaches=(line, line),
        at_risk=(),
        zone="Europe/Berlin",
    )
    return replace(digest, **changes)


def board_state(version: int = 2, **changes: Any) -> Board:
    """Two breaches for one recipient."""
    notices = (notice_state(), notice_state(subject="LEAD#502", title=due("Omar Haddad")))
    board = Board(
        to="C0LEADS",
        slot="board:2026-03-02T09:00:00.000000Z",
        version=version,
        entries=tuple(map(entry, notices)),
    )
    return replace(board, **changes)


def breaches(count: int, **changes: Any) -> Board:
    """A board with *count* breaches; *changes* are to each of their notices."""
    notices = [
        notice_state(**{"title": due(f"Lead {n}", f"Company {n}"), **changes})
        for n in range(1, count + 1)
    ]
    return board_state(version=count, entries=tuple(map(entry, notices)))


def reply_state(version: int = 1, **changes: Any) -> ReplyState:
    reply = ReplyState(
        subject=f"LEAD#{LEAD}",
        slot="reply:1",
        version=version,
        channel="D0ANNA",
        user="U0ANNA",
        lines=(Phrase("click.with", ("Nora Lindqvist", "Kim Novak")),),
    )
    return replace(reply, **changes)
