"""Floor 2: tables and the named questions asked of them; no decisions."""
