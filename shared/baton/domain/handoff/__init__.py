"""Who has the lead: giving it to an owner, taking it back, letting it rest, letting it wait."""
