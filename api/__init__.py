"""Speaks to programs: HTTP and the command line. Holds no rule and no SQL."""
