"""What a page shows, computed from the objects behind it: French words, plain values, no query and no web."""
