"""What operators decide, write and share out."""
