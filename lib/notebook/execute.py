"""Runs a notebook in its kernel: execute.py NOTEBOOK FOLDER SECONDS OUT.

NOTEBOOK is run with FOLDER as the kernel's working folder and SECONDS as the limit for one cell. Its
executed copy is written to OUT, up to and including the cell that failed. On the way this prints a
JSON line for each event: {"cell": i} when a cell begins, and once at the end {"error": {...}},
{"timeout": i}, {"died": i}, {"starts": n} (the kernel did not start in n tries) or {"done": true}.
Cells are counted from 0, all kinds together.
"""

import json
import sys

import nbformat
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from kernel_client import STARTS, Client, NeverStarted


def say(event):
    print(json.dumps(event), flush=True)


def main(source, folder, seconds, out):
    notebook = nbformat.read(source, as_version=4)
    at = {"cell": -1}

    def started(cell, cell_index):
        at["cell"] = cell_index
        say({"cell": cell_index})

    client = Client(
        notebook,
        timeout=int(seconds),
        startup_timeout=60,
        on_cell_execute=started,
        resources={"metadata": {"path": folder}},
    )
    # Raised and handled here: a thread in between would print a traceback of its own.
    try:
        client.execute()
        say({"done": True})
    except NeverStarted:
        say({"starts": STARTS})
    except CellTimeoutError:
        say({"timeout": at["cell"]})
    except DeadKernelError:
        say({"died": at["cell"]})
    except CellExecutionError as error:
        say(
            {
                "error": {
                    "cell": at["cell"],
                    "name": error.ename,
                    "message": error.evalue,
                    "traceback": error.traceback,
                }
            }
        )
    nbformat.write(notebook, out)


main(*sys.argv[1:])
