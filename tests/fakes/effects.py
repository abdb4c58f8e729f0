"""Believable effects, each with one line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from baton.domain.escalation.batching import Board, entry_of
from baton.domain.lead import Value
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

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEAD = "501"


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
        subject_line="Accept Nora Lindqvist, Helvia Robotics",
        body="Due Mon 02 Mar 10:15 CET.\nAsked for: Demo <1 h>",
        due_at=NOW + timedelta(minutes=15),
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
        why_now=("Asked for: Demo", "Score: 82"),
        why_you="Rule enterprise-emea: your turn in pool emea-enterprise",
        play="Call within the hour, then sequence “Demo, enterprise”",
        deadlines=(
            Deadline("Accept", NOW + timedelta(minutes=15)),
            Deadline("First touch", NOW + timedelta(hours=1)),
        ),
        zone="Europe/Berlin",
        reasons=(("bad_fit", "Bad fit"), ("timing", "Not now"), ("no_budget", "No budget")),
    )
    return replace(card, **changes)


def notice_state(version: int = 1, **changes: Any) -> NoticeState:
    notice = NoticeState(
        subject=f"LEAD#{LEAD}",
        slot="notice:1:accept:breach",
        version=version,
        to="C0LEADS",
        level="breach",
        title="Nora Lindqvist (Helvia Robotics) was not accepted in time",
        lines=("Owner: Anna Keller", "Due Mon 02 Mar 10:15 CET, 2 min ago"),
        at=NOW,
    )
    return replace(notice, **changes)


def digest_state(version: int = 1, **changes: Any) -> DigestState:
    line = DigestLine(
        lead="Nora Lindqvist (Helvia Robotics)",
        owner="Anna Keller",
        what="not accepted",
        detail="2 h late; moved to Kim Novak at 12:15",
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
    )
    return replace(digest, **changes)


def board_state(version: int = 2, **changes: Any) -> Board:
    """Two breaches for one recipient."""
    notices = (notice_state(), notice_state(subject="LEAD#502", title="Omar Haddad was due"))
    board = Board(
        to="C0LEADS",
        slot="board:2026-03-02T09:00:00.000000Z",
        version=version,
        entries=tuple(entry_of(notice) for notice in notices),
    )
    return replace(board, **changes)


def breaches(count: int, **changes: Any) -> Board:
    """A board with *count* breaches; *changes* are to each of their notices."""
    notices = [
        notice_state(**{"title": f"Accept for Lead {n} (Company {n}) was due", **changes})
        for n in range(1, count + 1)
    ]
    return board_state(version=count, entries=tuple(entry_of(notice) for notice in notices))


def reply_state(version: int = 1, **changes: Any) -> ReplyState:
    reply = ReplyState(
        subject=f"LEAD#{LEAD}",
        slot="reply:1",
        version=version,
        channel="D0ANNA",
        user="U0ANNA",
        text="This lead has moved to Kim Novak at 12:15.",
    )
    return replace(reply, **changes)
