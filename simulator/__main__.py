"""`python -m simulator --port 8002 --home DIR`: start the stand-in on 127.0.0.1."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from aiohttp import web

from simulator.app import make_app


def main() -> None:
    """Read the command line and serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="simulator", description="WhatsApp Business Cloud API on loopback.")
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--home", type=Path, default=Path("var/simulator"), help="folder for its data")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s simulator %(levelname)s %(message)s")
    app = make_app(home=options.home)
    web.run_app(
        app,
        host="127.0.0.1",
        port=options.port,
        access_log=None,
        shutdown_timeout=2,
        print=lambda *_: print(f"simulator: http://127.0.0.1:{options.port}", flush=True),
    )


if __name__ == "__main__":
    main()
