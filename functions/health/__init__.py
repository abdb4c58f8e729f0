"""Says whether Baton is at work."""
