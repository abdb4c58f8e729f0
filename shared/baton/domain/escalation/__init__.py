"""Missed deadlines: ladders, who is told, when, and in how many messages."""
