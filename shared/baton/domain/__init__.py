"""What Baton decides. No I/O, no clock, no randomness: time and the world are arguments."""
