"""What the owner does with the lead, as pressed in Slack or seen in HubSpot."""
