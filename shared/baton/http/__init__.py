"""Requests in: what one must prove, and what it says."""
