"""The decision while it is being written, and what is shown of the lead outside."""
