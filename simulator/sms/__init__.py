"""A message centre that speaks SMPP, and the old phones that write over it."""
