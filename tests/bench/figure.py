"""A measured figure with its floor, and the table of all figures."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.console import Console
from rich.table import Table

#: Width of the table in columns without a terminal.
WIDTH = 150


@dataclass(frozen=True)
class Aim:
    """At most *limit*: for the ratio to the floor, or for the measured value itself."""

    limit: float
    of: Literal["ratio", "measured"] = "ratio"


@dataclass(frozen=True)
class Figure:
    """
    One row. *floor* was taken in the same run, in the same unit.

    *paired* is a ratio used instead of measured / floor: the median of the ratios of neighbouring
    runs, which cancels most of the noise of the machine.
    """

    bench: str
    name: str
    measured: float
    unit: str
    floor: float | None = None
    paired: float | None = None
    aim: Aim | None = None

    @property
    def ratio(self) -> float | None:
        if self.paired is not None:
            return self.paired
        return self.measured / self.floor if self.floor else None

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None: there is no aim, or no floor."""
        if self.aim is None:
            return None
        value = self.ratio if self.aim.of == "ratio" else self.measured
        return None if value is None else value <= self.aim.limit


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of *values* that at least *share* (0-1) of them do not exceed."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered), round(share * len(ordered) + 0.499999)) - 1)]


def show(figures: Iterable[Figure]) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    table = Table(title="Figures of this run; ratios count, absolute times are the machine's")
    table.add_column("Figure")
    for heading in ("Measured", "Floor", "Ratio", "Aim"):
        table.add_column(heading, justify="right")
    table.add_column("Met")
    last = ""
    for figure in figures:
        if figure.bench != last:
            table.add_section()
            last = figure.bench
        table.add_row(
            f"{figure.bench}: {figure.name}",
            _amount(figure.measured, figure.unit),
            "" if figure.floor is None else _amount(figure.floor, figure.unit),
            "" if figure.ratio is None else f"{figure.ratio:.2f}",
            _aim(figure),
            {True: "yes", False: "[bold]no[/bold]", None: ""}[figure.met],
        )
    console.print(table)


def tell(line: str) -> None:
    """Print progress to stderr, because standard output is for the table."""
    print(line, file=sys.stderr, flush=True)


def _aim(figure: Figure) -> str:
    if figure.aim is None:
        return ""
    if figure.aim.of == "ratio":
        return f"≤ {figure.aim.limit:.2f} ×"
    return f"≤ {_amount(figure.aim.limit, figure.unit)}"


def _amount(value: float, unit: str) -> str:
    whole = value == int(value) or abs(value) >= 100
    return f"{value:,.0f} {unit}" if whole else f"{value:,.1f} {unit}"
