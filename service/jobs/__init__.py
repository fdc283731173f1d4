"""Scheduled jobs: APScheduler is the clock, the database is the judge of who runs which slot."""
