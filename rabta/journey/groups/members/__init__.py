"""Who belongs to a group: joining, vetting, renewing, leaving; offices outside the police; letters to members."""
