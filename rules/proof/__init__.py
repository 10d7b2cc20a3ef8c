"""Proofs over the rulebook: what its rules say for every set of facts, not only for those somebody thought of."""
