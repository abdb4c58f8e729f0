"""Requests in: checks their signatures and translates them into events."""
