"""Receives clicks and commands from Slack."""
