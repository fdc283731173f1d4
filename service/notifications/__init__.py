"""What to tell whom: the only mail code of the house. The outbox that leaves, the mailbox that is read."""
