"""The table at the end."""

from rich.console import Console
from rich.table import Table

from bench.figures import Results


def show(results: Results) -> None:
    """Print each figure beside its goal, and the absolute numbers behind them."""
    goals = Table("Figure", "Measured", "Goal", "", title="Goals", title_justify="left")
    for line in results.lines:
        goals.add_row(line.name, f"{line.value:.2f} {line.unit}", line.goal, "met" if line.met else "MISSED")
    behind = Table("Measurement", "Median", title="Behind them", title_justify="left")
    for name, value in results.measured.items():
        behind.add_row(name, f"{value:,.2f}")
    console = Console()
    console.print(goals)
    console.print(behind)
    console.print(f"{results.cores} cores shared with the load; {results.repeat} rounds; {results.at}")
