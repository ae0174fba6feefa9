"""What a message that comes in needs: who wrote it, what it is about, what is asked and acknowledged at once."""
