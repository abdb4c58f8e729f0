"""Made-up leads through the real decisions: what a policy would do in a busy month.

Nothing here decides anything. Arrivals and people's behaviour are made up, from a seed or from a
file; the owner, the clocks, the queue and what follows are decided by ``application.work_event`` on
a table in memory, with a clock that jumps from one event to the next.
"""

from baton.simulation.arriving import Arrival, made_up, read_arrivals
from baton.simulation.behaving import Behaviour
from baton.simulation.playing import Simulation
from baton.simulation.result import Result

__all__ = ["Arrival", "Behaviour", "Result", "Simulation", "made_up", "read_arrivals"]
