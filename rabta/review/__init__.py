"""Watching that everything is done in time: limits, pauses, passing up the chain, and the review by people."""
