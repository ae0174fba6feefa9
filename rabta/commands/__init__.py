"""What the command line does; each file is loaded only when its command runs."""
