"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# Machines differ and are busy: no test may depend on how long an example takes. Everything else is
# as Hypothesis has it; where CI is set it plays the same examples each time.
settings.register_profile("baton", parent=settings(), deadline=None)
settings.load_profile("baton")
