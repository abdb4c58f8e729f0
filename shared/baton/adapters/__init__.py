"""The doors out: the only packages that import an SDK."""
