"""What people click in Slack comes in here."""
