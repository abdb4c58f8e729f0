"""Working time: the hours of a calendar, and adding, subtracting and measuring within them."""
