"""Pages of groups: the tree, members and applicants, what is said and written there; exported chats are brought in."""
