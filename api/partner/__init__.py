"""The other side, simulated: a program that speaks HTTP with a house as a linked system does, and can misbehave.

It shares with the house what both ends of a wire share, the envelope, the signatures and the clock, and nothing else.
"""
