"""The programming interface: the register and its verbs for other programs, with the rights of one officer."""
