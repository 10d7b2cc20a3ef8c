"""Who somebody is: passwords, second factors, sessions, tokens, and how guessing is slowed down."""
