"""Pages of instructions: to receive and pass on, given, how far they came, and the proof of units."""
