"""Every word that a person reads, worked out from values alone."""
