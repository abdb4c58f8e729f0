"""AWS except the table: queues, the bus, secrets, and a function's runtime."""
