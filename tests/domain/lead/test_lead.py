"""`LeadChanges` repeats the fields of a lead for type checking: both must agree."""

from __future__ import annotations

from typing import get_type_hints

from baton.domain.lead import Lead, LeadChanges


def test_a_decision_may_change_every_field_but_id_and_version() -> None:
    fields = {
        name: kind for name, kind in get_type_hints(Lead).items() if name in Lead.__struct_fields__
    }
    assert get_type_hints(LeadChanges) == {
        name: kind for name, kind in fields.items() if name not in {"id", "version"}
    }
