"""How a case ends, and what can still happen to it."""
