"""Loopback stand-in for the providers' APIs, with phones to write from. Shares no code with `rabta`."""
