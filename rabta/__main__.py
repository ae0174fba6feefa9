"""Run the command line as a module: `python -m rabta`."""

from rabta.cli import main

if __name__ == "__main__":
    main()
