"""Runs a notebook as nbgrader's autograder does: autograde.py NOTEBOOK FOLDER OUT.

A cell that fails ends nothing; errors and all other outputs stay in the copy that is written to OUT.
"""

import sys

import nbformat
from nbclient import NotebookClient


def main(source, folder, out):
    notebook = nbformat.read(source, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=120,
        startup_timeout=60,
        allow_errors=True,
        resources={"metadata": {"path": folder}},
    )
    client.execute()
    nbformat.write(notebook, out)


main(*sys.argv[1:])
