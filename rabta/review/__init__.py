"""Watching that everything is done in time: limits, pauses, warnings, passing up the chain, and the review by people."""
