"""The command line. Each command loads what it needs inside its function, so that `rabta --help` stays quick."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
)
database = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Roles and tables of the database.")
token = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Tokens for the API.")
app.add_typer(database, name="db")
app.add_typer(token, name="token")
force_key = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Keys of other forces for us.")
app.add_typer(force_key, name="force-key")
sign_in = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Letting officers in again.")
app.add_typer(sign_in, name="sign-in")
record = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The record of who did and saw what.")
app.add_typer(record, name="audit")
bring = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Bringing in what was written elsewhere."
)
app.add_typer(bring, name="import")

staff = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Personnel of the force without a login."
)
app.add_typer(staff, name="personnel")

AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable.")]


@app.callback()
def root() -> None:
    """Rabta, the public contact desk of a police force. Data lie under RABTA_HOME (default ./var)."""


@app.command()
def up() -> None:
    """Run everything on this machine: PostgreSQL (unless DATABASE_URL is set), gateway, web, worker, relay, smpp."""
    from rabta.commands.run import run

    raise typer.Exit(run(demo=False))


@app.command()
def demo() -> None:
    """Run everything with a demonstration force and simulated phones."""
    from rabta.commands.run import run

    raise typer.Exit(run(demo=True))


@app.command("demo-reset")
def demo_reset() -> None:
    """Throw the demonstration's data away; the next `rabta demo` begins anew."""
    from rabta.commands.reset import run

    raise typer.Exit(run())


@app.command(hidden=True)
def prepare() -> None:
    """Roles, tables, keys and first data; called by `up` and `demo`."""
    from rabta.commands.prepare import run

    raise typer.Exit(run())


@app.command(hidden=True)
def connect() -> None:
    """Tell the provider simulator of the demonstration's numbers and people; called by `demo`."""
    _as_role("rabta_worker")
    from rabta.demo.fill import connect

    connect()


@app.command()
def gateway() -> None:
    """Receive the providers' hooks: durable in the journal before the answer."""
    _as_role("rabta_gateway")
    from rabta.intake.gateway import run

    run()


@app.command()
def web() -> None:
    """Serve the pages and the API."""
    _as_role("rabta_web")
    from rabta.web.server import run

    run()


@app.command()
def worker() -> None:
    """Read the journal, watch the limits, do deferred and periodic work."""
    _as_role("rabta_worker")
    from rabta.jobs.worker import run

    run()


@app.command(hidden=True)
def helper() -> None:
    """Help the worker to read the journal while much waits; the worker starts it (RABTA_READERS)."""
    _as_role("rabta_worker")
    from rabta.jobs.worker import help_reading

    help_reading()


@app.command()
def relay() -> None:
    """Send what lies in the outbox."""
    _as_role("rabta_relay")
    from rabta.outbox.relay import run

    run()


@app.command()
def smpp() -> None:
    """Keep the connections to message centres: send and receive SMS over SMPP."""
    _as_role("rabta_smpp")
    from rabta.jobs.smpp import run

    run()


@database.command("roles")
def db_roles() -> None:
    """Create the database roles and the database, once a cluster; safe to repeat."""
    from rabta.commands import database as work

    try:
        made = work.create_roles(work.server(_home()))
    except work.DatabaseError as error:
        raise _refuse(str(error)) from None
    typer.echo("Created " + ", ".join(made) + "." if made else "All roles are there.")


@database.command("migrate")
def db_migrate() -> None:
    """Bring the tables to this version."""
    from rabta.commands import database as work

    try:
        work.migrate(verbosity=1)
    except work.DatabaseError as error:
        raise _refuse(str(error)) from None


@app.command()
def ledger(as_json: AsJson = False) -> None:
    """Show that every item received is accounted for."""
    _as_role("rabta_worker")
    from rabta.commands.show import show_ledger

    raise typer.Exit(show_ledger(as_json=as_json))


@app.command()
def accounts(as_json: AsJson = False) -> None:
    """List the channels' accounts and the addresses of their hooks (secrets in the demonstration only)."""
    _as_role("rabta_worker")
    from rabta.commands.show import show_accounts

    show_accounts(as_json=as_json)


@app.command()
def costs(
    month: Annotated[str, typer.Option(help="Such as 2026-11; this month if left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say what sending cost in a month, by account and kind."""
    _as_role("rabta_worker")
    from rabta.commands.costs import show_costs

    raise typer.Exit(show_costs(month, as_json=as_json))


@app.command()
def channels() -> None:
    """Say what each channel can do, as a table (docs/channels/README.md)."""
    _as_role("rabta_worker")
    from rabta.channels import matrix
    from rabta.channels.registry import CHANNELS

    typer.echo(matrix.markdown(CHANNELS), nl=False)


@token.command("create")
def token_create(
    officer: Annotated[str, typer.Argument(help="User name of the officer.")],
    label: Annotated[str, typer.Option(help="What it is for: OFFICER reads it beside the token.")] = "",
) -> None:
    """Create an API token with the rights of OFFICER, good for a year; it is shown once."""
    _as_role("rabta_worker")
    from rabta.web.api.tokens import UnknownOfficer, create

    try:
        typer.echo(create(username=officer, label=label))
    except UnknownOfficer as error:
        raise _refuse(str(error)) from None


@token.command("end")
def token_end(officer: Annotated[str, typer.Argument(help="User name of the officer.")]) -> None:
    """End all API tokens of OFFICER: lost, leaked, or not needed any more."""
    _as_role("rabta_worker")
    from django.utils import timezone

    from rabta.web.api.tokens import UnknownOfficer, end

    try:
        typer.echo(f"Ended: {end(username=officer, now=timezone.now())}")
    except UnknownOfficer as error:
        raise _refuse(str(error)) from None


@force_key.command("create")
def force_key_create(force: Annotated[str, typer.Argument(help="Code of the other force.")]) -> None:
    """Create a key with which FORCE hands cases to us, and can do nothing else; it is shown once."""
    _as_role("rabta_worker")
    from rabta.commands.force_keys import UnknownForce, create

    try:
        typer.echo(create(force=force))
    except UnknownForce as error:
        raise _refuse(str(error)) from None


@force_key.command("end")
def force_key_end(force: Annotated[str, typer.Argument(help="Code of the other force.")]) -> None:
    """End all keys of FORCE: lost, leaked, or not needed any more."""
    _as_role("rabta_worker")
    from rabta.commands.force_keys import end

    typer.echo(f"Ended: {end(force=force)}")


@sign_in.command("reset")
def sign_in_reset(
    officer: Annotated[str, typer.Argument(help="User name of the officer.")],
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="Remove second factors too.")
    ] = False,
) -> None:
    """Print a link with which OFFICER chooses a new password, once and within a day."""
    _as_role("rabta_migrate")
    from rabta.commands.sign_in import UnknownOfficer, reset

    try:
        typer.echo(reset(username=officer, second_factor=second_factor))
    except UnknownOfficer as error:
        raise _refuse(str(error)) from None


@bring.command("whatsapp-export")
def import_whatsapp_export(
    file: Annotated[Path, typer.Argument(help="What “Export chat” made: a text, or a zip with files.")],
    account: Annotated[str, typer.Option(help="The group: its id or name in the register of accounts.")],
    date_order: Annotated[str, typer.Option(help="dmy, mdy or ymd, where it is not certain.")] = "",
    days: Annotated[int, typer.Option(help="Reports of so many days open cases; older ones are kept.")] = 7,
) -> None:
    """Bring in the chat of a group; what came before is not added twice."""
    _as_role("rabta_worker")
    from rabta.commands.import_export import ImportRefused, run

    try:
        run(file=file, account=account, order=date_order, days=days)
    except ImportRefused as error:
        raise _refuse(str(error)) from None


@staff.command("import")
def personnel_import(
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8) or XLSX: number, name, unit, and more.")],
    save: Annotated[bool, typer.Option("--save", help="Save it; without this it is only checked.")] = False,
    missing_inactive: Annotated[
        bool, typer.Option("--missing-inactive", help="Whoever is not in the file counts as gone.")
    ] = False,
) -> None:
    """Bring in everybody who does not sign in, known by their number in the force."""
    _as_role("rabta_worker")
    from rabta.commands.personnel import ImportRefused, run

    try:
        run(file=file, save=save, missing_inactive=missing_inactive)
    except ImportRefused as error:
        raise _refuse(str(error)) from None


@record.command("verify")
def audit_verify(
    head: Annotated[
        list[Path] | None, typer.Option(help="A head kept elsewhere, or a folder of them.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compute the whole record anew, and name the first place that was tampered with."""
    _as_role("rabta_worker")
    from rabta.commands.audit import verify

    raise typer.Exit(verify(files=head or [], as_json=as_json))


@record.command("head")
def audit_head() -> None:
    """Print the signed end of the record, to be kept elsewhere."""
    _as_role("rabta_worker")
    from rabta.commands.audit import head

    raise typer.Exit(head())


@app.command()
def backup(target: Annotated[str, typer.Argument(help="Folder to write into; made if missing.")]) -> None:
    """Save the database and the stored files into one new folder under TARGET. The keys are not in it."""
    from rabta.commands.backup import BackupError, backup

    try:
        typer.echo(
            f"Saved in {backup(home=_home(), target=target)}. Keep the keys elsewhere: {_home() / 'keys'}"
        )
    except BackupError as error:
        raise _refuse(str(error)) from None


@app.command()
def restore(
    source: Annotated[str, typer.Argument(help="The folder that `rabta backup` made.")],
    erasures: Annotated[Path | None, typer.Option(help="Erasure ledger (default: beside the heads).")] = None,
) -> None:
    """Bring a backup into an empty database, and erase again what was erased since it was made."""
    from rabta.commands.backup import BackupError, restore
    from rabta.commands.erasures import ledger_of

    ledger = erasures or ledger_of(_home())
    try:
        typer.echo(f"Restored {restore(home=_home(), source=source, ledger=ledger)} rows.")
        if not ledger.exists():
            typer.echo(
                f"No erasure ledger at {ledger}: what was erased since the backup is back. Use --erasures."
            )
    except BackupError as error:
        raise _refuse(str(error)) from None


@app.command()
def check(
    deploy: Annotated[bool, typer.Option(help="Also what matters in real service.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with the installation and how to mend it."""
    from rabta.commands.check import run

    raise typer.Exit(run(home=_home(), deploy=deploy, as_json=as_json))


def main() -> None:
    """Run the command line."""
    try:
        app()
    except Exception as error:
        if (
            type(error).__name__ != "OperationalError"
        ):  # of psycopg or Django, neither of which is loaded for --help
            raise
        print(f"The database can't be reached. Is Rabta running? ({str(error).strip()})", file=sys.stderr)
        sys.exit(1)


def _home() -> Path:
    """RABTA_HOME."""
    return Path(os.environ.get("RABTA_HOME", "var")).resolve()


def _as_role(role: str) -> None:
    """Load Django under this database role, if the environment has not chosen one."""
    from rabta.commands.database import use_role
    from rabta.commands.site import recall

    recall()
    use_role(os.environ.get("RABTA_DB_ROLE", role))


def _refuse(reason: str) -> typer.Exit:
    """Say why not, and end with an error."""
    print(reason, file=sys.stderr)
    return typer.Exit(1)
