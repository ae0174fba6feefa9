"""Pages of good work: submitted from any level, on its way up, and the queue at headquarters."""
