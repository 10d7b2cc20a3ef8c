"""Floor 3: the shell around the core; it reads, calls the core, writes, and speaks to the world."""
