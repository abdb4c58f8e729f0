"""Which evidence is kept: what the rules of the policy need, and the newest.

Each rule has a claim of its own, so that no amount of one kind pushes out another: forty views of a
page leave the demo request and the unsubscribe where they were. A rule counts its newest pieces,
and what is kept for it is just those, so what is forgotten is what it would not count.
"""

from __future__ import annotations

from collections.abc import Sequence

from baton.domain.conditions import is_of
from baton.domain.lead import Evidence
from baton.domain.policy import Claim

#: Newest pieces kept of all kinds together, and of each kind, whether or not a rule asks for them:
#: the next policy may.
KEPT = 40
KEPT_OF_KIND = 3
#: Most pieces that are kept at all, the newest. Policies claim fewer.
MOST = 500


def kept_of(pieces: Sequence[Evidence], claims: tuple[Claim, ...]) -> tuple[Evidence, ...]:
    """Those of *pieces* (oldest first) that are kept.

    Whatever the order in which pieces come, the same are kept in the end: what is among the newest
    of a claim is so among any of the pieces.
    """
    if len(pieces) <= KEPT:
        return tuple(pieces)
    places = {*range(len(pieces) - KEPT, len(pieces))}
    of_kind: dict[str, int] = {}
    left = [claim.most for claim in claims]
    for place in range(len(pieces) - 1, -1, -1):
        piece = pieces[place]
        seen = of_kind[piece.kind] = of_kind.get(piece.kind, 0) + 1
        if seen <= KEPT_OF_KIND:
            places.add(place)
        for index, claim in enumerate(claims):
            if left[index] and is_of(piece, claim.asked):
                left[index] -= 1
                places.add(place)
    return tuple([pieces[place] for place in sorted(places)])[-MOST:]
