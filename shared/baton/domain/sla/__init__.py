"""SLA targets: their clocks, what stops or pauses them, and explanations of deadlines."""
