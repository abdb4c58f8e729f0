"""Routing: ownership, rules, pools, turns, capacity, availability, queues."""
