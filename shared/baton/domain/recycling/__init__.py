"""Leads that are not ready: the rules for nurture tracks, the cool-off, and inactivity."""
