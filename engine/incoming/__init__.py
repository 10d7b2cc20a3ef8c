"""Inbound matters (来件): others send, the house signs for, accepts or returns in time, and tells what became of it."""
