"""All texts that people read, made from values alone."""
