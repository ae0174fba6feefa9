"""What people do with groups, one file an idea."""
