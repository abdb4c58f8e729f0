"""Who could get the lead: ownership, rules, pools, turns, capacity, availability, queues."""
