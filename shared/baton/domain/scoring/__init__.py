"""What is known of the lead in the policy's words, and the score that follows from it."""
