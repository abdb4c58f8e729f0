"""What an event brings: taking it in, and then following the lead as far as it goes."""
