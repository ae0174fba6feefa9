"""Posts change hands, and with them work, accounts and the right to sign in."""
