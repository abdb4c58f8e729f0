"""Doors in: what a request must prove, what it says, and the words events travel in."""
