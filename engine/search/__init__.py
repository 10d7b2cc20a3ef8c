"""Everything that can be found by typing it: what is found under which key, and who is shown it."""
