"""Leads that are not ready: nurture tracks, the cool-off, and what counts as idle. Rules alone."""
