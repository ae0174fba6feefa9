"""What is said to whole groups: at once, to some of them, after the quiet hours, or as the best of a day."""
