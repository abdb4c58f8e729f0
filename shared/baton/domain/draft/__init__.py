"""The decision while it is being written, and what the outside should see of the lead."""
