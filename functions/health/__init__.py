"""Says whether Baton works."""
