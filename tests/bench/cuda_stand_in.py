"""torch_cuda.py where there is no GPU: the processor stands in for it, and a graph is a call that is made again.

What is recorded is then not tested, but all that a graph needs around it is: numbers that stay in their places,
a rehearsal that leaves nothing behind, a rate on the device.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "lib" / "bench"))

import torch_cuda


class Again:
    def __init__(self, update):
        self.update = update

    def replay(self):
        return self.update()


def take(update, steps):
    for _ in range(steps):
        update()


torch_cuda.DEVICE = "cpu"
torch_cuda.available = lambda: True
torch_cuda.device_name = lambda: "the processor"
torch_cuda.Graph = Again
torch_cuda.warm_up = take
torch_cuda.main()
