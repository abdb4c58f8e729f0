"""Working an event: ingest what is new, then advance the lead."""
