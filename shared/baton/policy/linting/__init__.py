"""Finds what a policy says that cannot be meant, though every name and value in it is right."""
