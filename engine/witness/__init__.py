"""The witness: one log over all entries, signed from time to time by a key that the database does not hold."""
