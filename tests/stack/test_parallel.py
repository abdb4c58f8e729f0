"""Many writers at once, on the DynamoDB of the deployed stack."""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from msgspec.structs import replace

from baton.adapters.dynamodb.boards import Boards
from baton.adapters.dynamodb.leads import LeadStore
from baton.application.work_event import Contacts, EventWorker
from baton.domain.escalation.batching import ENTRIES, ROOM, Board
from baton.domain.policy import Fallback
from baton.failures import Retryable
from baton.presentation.slack.board import weight_of
from infra.local.stack import Stack
from tests.builders import NOW, POLICY, PROPERTIES, became, minutes
from tests.fakes.crm import FakeCrm
from tests.fakes.effects import notice_state
from tests.fakes.store import FakeOutbox, FakeWakes

LEADS = 64
#: The sample company on the same stack has an Anna, too; these are other people.
HERE = "parallel-"
OURS = replace(
    POLICY,
    people=tuple(
        replace(p, id=HERE + p.id, manager=p.manager and HERE + p.manager) for p in POLICY.people
    ),
    pools=tuple(
        replace(
            pool,
            id=HERE + pool.id,
            members=tuple(replace(m, rep=HERE + m.rep) for m in pool.members),
            fallback=tuple(
                Fallback(pool=f.pool and HERE + f.pool, person=f.person and HERE + f.person)
                for f in pool.fallback
            ),
        )
        for pool in POLICY.pools
    ),
    rules=tuple(replace(rule, pool=HERE + rule.pool) for rule in POLICY.rules),
)


def test_64_leads_at_the_same_moment_never_exceed_a_capacity(stack: Stack) -> None:
    """Four reps with room for ten each; the other 24 go to the manager. Every lead has an owner."""
    store = LeadStore(stack.client("dynamodb"), stack.outputs["TableName"])
    crm = FakeCrm()
    crm.now = NOW - minutes(2)
    ids = [str(9_000_000_000 + n) for n in range(LEADS)]
    for lead_id in ids:
        crm.add(lead_id, None, **PROPERTIES)
    chance = random.Random(1)

    def pause(attempt: int) -> None:
        time.sleep(chance.uniform(0, min(0.02 * 2**attempt, 0.5)))

    work_event = EventWorker(store, FakeOutbox(), FakeWakes(), pause)

    def route(lead_id: str) -> int:
        event = became(id=f"parallel-{lead_id}", lead_id=lead_id)
        for round_ in range(1, 20):
            try:
                contacts = Contacts(crm, [lead_id])
                return round_ * work_event(event, OURS, contacts, NOW).attempts
            except Retryable:
                continue  # retries like the queue, without its delay
        raise AssertionError(f"{lead_id} was starved")

    with ThreadPoolExecutor(16) as workers:
        attempts = list(workers.map(route, ids))

    leads = store.leads(ids)
    owners = Counter(lead.assignment.person for lead in leads.values() if lead.assignment)
    room = {"anna": 10, "ben": 10, "cleo": 10, "dan": 10, "mona": 24}
    assert owners == {HERE + name: n for name, n in room.items()}
    _, loads = store.world([], owners)
    assert {person: load.open for person, load in loads.items()} == owners
    assert max(attempts) > 1, "they did meet"


def test_breaches_that_join_at_the_same_moment_fill_one_message_and_open_another(
    stack: Stack,
) -> None:
    boards = Boards(stack.client("dynamodb"), stack.outputs["TableName"])
    notices = [notice_state(subject=f"LEAD#{n}", to="U0PARALLEL") for n in range(50)]
    full = min(ENTRIES, ROOM // weight_of(notices[10]))
    del notices[full + 10 :]
    # A board expires a day after its last entry, and the emulator deletes expired items every
    # minute, so a board with a fixed date would vanish during the test.
    now = datetime.now(UTC)

    def join(number: int) -> Board:
        return boards.join(notices[number], now)

    with ThreadPoolExecutor(8) as workers:
        joined = list(workers.map(join, range(len(notices))))

    found = [boards.find_board(notice, now) for notice in notices]
    assert [board.slot for board in found if board] == [board.slot for board in joined]
    sizes = {board.slot: len(board.entries) for board in found if board}
    assert sorted(sizes.values()) == [10, full]
