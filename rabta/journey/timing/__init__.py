"""What time does by itself: what is undelivered or late, pauses, notices."""
