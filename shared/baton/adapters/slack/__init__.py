"""Slack: posting, updating and finding messages, and what its refusals mean."""
