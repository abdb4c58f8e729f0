"""What became of a message, as one log line and one metric. Names no person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from baton.adapters.aws.queues import Worked


class Logs(Protocol):
    def info(self, msg: object, **fields: Any) -> None: ...

    def warning(self, msg: object, **fields: Any) -> None: ...


class Counts(Protocol):
    def add_metric(self, name: str, unit: Any, value: float) -> None: ...


def reporter(
    logs: Logs, counts: Counts, door: str, now: Callable[[], datetime]
) -> Callable[[Worked], None]:
    """
    Logs messages as ``<door>.done``, ``.explained``, ``.later``, ``.parked``, and counts
    ``<Door>Done``, ``<Door>Explained``, ``<Door>Later``, ``<Door>Parked`` and the lateness
    ``<Door>Seconds``.

    Args:
        logs, counts: Powertools' Logger and Metrics, or objects that behave like them.

        door: The function's name, in snake case.
    """
    name = "".join(part.capitalize() for part in door.split("_"))

    def report(worked: Worked) -> None:
        fields: dict[str, Any] = {"message_id": worked.message_id, "receives": worked.receives}
        counts.add_metric(f"{name}{worked.what.capitalize()}", "Count", 1)
        if worked.what == "done":
            if worked.sent_at is not None:
                late = (now() - worked.sent_at).total_seconds()
                counts.add_metric(f"{name}Seconds", "Seconds", late)
                fields["seconds"] = round(late, 3)
            logs.info(f"{door}.done", **fields)
            return
        if worked.what == "explained":
            logs.info(f"{door}.explained", why=worked.why, **fields)
            return
        if worked.delay is not None:
            fields["comes_back_after"] = worked.delay.total_seconds()
        logs.warning(f"{door}.{worked.what}", why=worked.why, **fields)

    return report
