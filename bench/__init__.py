"""Performance, measured: each figure is a ratio of two measurements of one run (`make bench`)."""
