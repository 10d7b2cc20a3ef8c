"""Files that are handed in are looked into by processes that can do nothing else."""
