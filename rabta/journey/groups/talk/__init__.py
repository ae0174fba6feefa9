"""What members write to their groups: heard, kept for moderators, decided; and groups that live elsewhere."""
