"""Pages for people: server-rendered, Chinese first, usable without script."""
