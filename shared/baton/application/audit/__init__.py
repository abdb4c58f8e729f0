"""What is asked of the whole account or of the past: audits, duplicates, fairness, why-not."""
