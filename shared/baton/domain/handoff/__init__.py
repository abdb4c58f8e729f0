"""Who has the lead: giving it to an owner, taking it back, snoozing it, letting it wait."""
