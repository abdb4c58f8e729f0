"""Receives HubSpot's webhooks and workflow requests."""
