"""Stages: their history, the moves between them, their gates, and what HubSpot shows of them."""
