"""What comes in, what may be looked at, and what must be shown: events, world, effects."""
