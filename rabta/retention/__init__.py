"""How long things are kept, what is held longer, and what is erased: with a proof that carries no content."""
