"""``crisis report``: render a finished run again, without simulating."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.cli.options import PLUGIN, workers_named
from simulator.cli.trouble import tell


@click.command("report")
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option(
    "--to", "forms", default="html", show_default=True, metavar="FORMS",
    help="html, md, docx, csv and xlsx, with commas between.",
)  # fmt: skip
@click.option("-o", "--out", type=click.Path(path_type=Path), metavar="DIR", help="Where the files go.  [default: RUN itself]")
@click.option("-j", "--jobs", default="auto", metavar="JOBS", help="Processes that draw, or auto for one per core.", show_default=True)
@PLUGIN
def command(folder: Path, forms: str, out: Path | None, jobs: str) -> None:
    """Render the finished run in the folder RUN again.

    Nothing is simulated. The files that were written are listed on stdout.
    """
    from simulator.api import render

    wanted = [form.strip() for form in forms.split(",") if form.strip()]
    for file in render(folder, wanted, out=out, jobs=workers_named(jobs)):
        tell(f"{file}\n")
