"""The command line of Rabta."""

import typer

app = typer.Typer()


@app.callback()
def root() -> None:
    """The public contact desk of a police force."""


def main() -> None:
    """Run the command line."""
    app()
