"""Input and output of decisions: events, the world, effects, wakes."""
