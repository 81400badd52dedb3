"""Runs a notebook as nbgrader's autograder does: autograde.py NOTEBOOK FOLDER OUT.

A cell that fails ends nothing; errors and all other outputs stay in the copy that is written to OUT.
"""

import sys
from pathlib import Path

import nbformat

sys.path.append(str(Path(__file__).parents[4] / "lib" / "notebook"))
from kernel_client import Client  # noqa: E402 -- It is found where the line above says.


def main(source, folder, out):
    notebook = nbformat.read(source, as_version=4)
    client = Client(
        notebook,
        timeout=120,
        startup_timeout=60,
        allow_errors=True,
        resources={"metadata": {"path": folder}},
    )
    client.execute()
    nbformat.write(notebook, out)


main(*sys.argv[1:])
