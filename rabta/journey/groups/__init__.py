"""What people do with groups, one room an idea. Here: the register, and what the rooms share."""
