"""A stand-in for X: posts, direct messages, signed hooks and their challenge. Written from the provider's documents."""
