"""What becomes of closed cases: how long they are kept, who had them kept longer, and what the law lets be erased."""
