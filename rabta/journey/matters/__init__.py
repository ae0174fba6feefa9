"""One matter in several cases, and several matters in one."""
