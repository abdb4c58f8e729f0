"""What Baton has stored and sent, kept as it was written, and read by the code of today."""
