"""What people sign: the fingerprint of each definition, and who has approved it.

A fingerprint covers a definition without its signature, so that an old signature under a changed
definition is noticed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from baton.domain.policy import Definition
from baton.policy_tools.models import Files
from baton.policy_tools.models.signing import Signed


def definitions(files: Files) -> dict[str, Definition]:
    """Every definition of the policy by ``kind:id``, in the order of the files."""
    sign_off = files.lifecycle.sign_off
    return {name: _definition(label, signed, sign_off) for name, label, signed in _signed(files)}


def _signed(files: Files) -> Iterator[tuple[str, str, Signed]]:
    for stage in files.lifecycle.stages:
        yield f"stage:{stage.id}", f"Stage {stage.label}", stage
    for move in files.lifecycle.transitions:
        yield f"transition:{move.id}", f"Transition {move.id}", move
    for reason in files.lifecycle.reasons:
        yield f"reason:{reason.id}", f"Reason {reason.label}", reason
    if files.scoring is None:
        return
    yield "scoring:qualified", "What it takes to qualify", files.scoring.qualified
    for fit in files.scoring.fit:
        yield f"scoring:{fit.id}", f"Points for {fit.label}", fit
    for behaviour in files.scoring.behaviour:
        yield f"scoring:{behaviour.id}", f"Points for {behaviour.label}", behaviour


def _definition(label: str, signed: Signed, sign_off: tuple[str, ...]) -> Definition:
    said = signed.model_dump(
        mode="json", by_alias=True, exclude={"confirmed"}, exclude_defaults=True
    )
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
    confirmed = signed.confirmed
    names = confirmed.by if confirmed else ()
    return Definition(
        label=label,
        digest=digest,
        approved_by=names,
        approved_on=confirmed.on.isoformat() if confirmed else "",
        wanting=tuple(name for name in sign_off if name not in names),
    )
