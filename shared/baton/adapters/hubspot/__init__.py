"""HubSpot: what is read and written there, at its pace, and what its refusals mean."""
