"""Promises: targets, their clocks, what stops these, why a deadline is when it is."""
