"""Floor 0: pure. Charts, decisions, deadlines, hashing; no clock, no input or output, no randomness."""
