"""Questions about the whole account or the past: audits, duplicates, fairness, why-not."""
