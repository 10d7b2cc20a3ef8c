"""What is kept of the house outside its database: backups, and copies of it."""
