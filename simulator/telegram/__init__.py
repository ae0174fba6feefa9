"""A stand-in for Telegram: people, a group, bots and their updates. Written from the provider's documents."""
