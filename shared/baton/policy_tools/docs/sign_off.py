"""The definition sign-off sheet: what there is to agree on, and who has agreed."""

from __future__ import annotations

from collections.abc import Iterator

from baton.domain.policy import Definition
from baton.policy_tools.docs.markdown import code, joined, table, text
from baton.policy_tools.docs.source import Source

#: Kind of a definition, as its id begins -> heading.
KINDS = {
    "stage": "Stages",
    "transition": "Transitions",
    "reason": "Reasons",
    "scoring": "Scoring",
}
#: Room to write in.
LINE = r"\_" * 24


def sign_off(source: Source) -> str:
    wanting = sum(bool(one.wanting) for one in source.definitions.values())
    count = len(source.definitions)
    on = f" As of {source.on.isoformat()}." if source.on else ""
    return joined(
        "# Definition sign-off sheet",
        f"{source.company}: {count - wanting} of {count} definitions are CONFIRMED,"
        f" {wanting} ASSUMED.{on}",
        _needed(source),
        "The fingerprint covers everything a definition says. If a definition changes, its"
        " fingerprint does, too, and what was signed before no longer counts.",
        *_kinds(source),
        "## Signatures",
        "With my signature I approve the definitions above that want my approval, except those I"
        " have struck out.",
        table(
            ("Role", "Name", "Signature", "Date"),
            ((text(name), LINE, LINE, LINE) for name in _signers(source)),
        ),
    )


def _needed(source: Source) -> str:
    names = source.files.lifecycle.sign_off
    if not names:
        return "The policy asks for nobody's approval; name those who must approve in `sign_off`."
    return f"A definition is CONFIRMED once it is approved by: {', '.join(map(text, names))}."


def _signers(source: Source) -> tuple[str, ...]:
    return source.files.lifecycle.sign_off or ("Marketing", "Sales")


def _kinds(source: Source) -> Iterator[str]:
    for kind, heading in KINDS.items():
        these = {
            name: one for name, one in source.definitions.items() if name.startswith(f"{kind}:")
        }
        if these:
            yield f"## {heading}"
            yield table(
                ("Definition", "Id", "Standing", "Approved by", "On", "Wanting", "Fingerprint"),
                (_row(name, one) for name, one in these.items()),
            )


def _row(name: str, one: Definition) -> tuple[str, ...]:
    return (
        text(one.label),
        code(name),
        "ASSUMED" if one.wanting else "CONFIRMED",
        ", ".join(map(text, one.approved_by)),
        one.approved_on,
        ", ".join(map(text, one.wanting)),
        code(one.digest),
    )
