"""The rules of the trade, pure: no web, no database, and no question about what time it is."""
