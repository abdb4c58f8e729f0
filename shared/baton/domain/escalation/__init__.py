"""What is missed: ladders, who is told, when, and in how many messages."""
