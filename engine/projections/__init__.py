"""Rows become the answers of the contract, as much of them as the reader may see."""
