"""One encrypted file that holds the whole database, proved by restoring it; and the way back."""
