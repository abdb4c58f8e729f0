"""The doors out: the only places that import an SDK."""
