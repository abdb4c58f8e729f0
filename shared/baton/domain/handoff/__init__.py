"""Who has the lead: assigning, ending an assignment, reassigning, snoozing, waiting in a queue."""
