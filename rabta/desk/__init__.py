"""The work of the desk itself: drafts, who is at which case, prepared answers, shifts, views, acts on many, notices."""
