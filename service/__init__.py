"""Relais: the requests that a Département and its Caf owe each other, each with a state, an owner and a clock."""
