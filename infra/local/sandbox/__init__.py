"""A HubSpot and a Slack to click in: one process, one page, loopback only, for development."""
