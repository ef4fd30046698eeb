"""Rules: what they ask, what they match, why, and over the past."""
