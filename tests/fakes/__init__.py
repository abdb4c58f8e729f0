"""Stand-ins that behave: they sit the same exams as the adapters they stand in for."""
