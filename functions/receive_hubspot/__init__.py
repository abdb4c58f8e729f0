"""HubSpot's webhooks and workflows come in here."""
