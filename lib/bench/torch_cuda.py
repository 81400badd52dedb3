"""A row of `deno task bench`: the step of torch_step.py on a GPU by CUDA, in one of three ways.

- `eager`: operation by operation, as written.
- `compile`: both networks by `torch.compile`. Where R1 differentiates D's gradient once more, D stays as
  written: compiled code cannot be differentiated twice.
- `graph`: the whole step recorded once as a CUDA graph and replayed, so that a step is one call. What
  changes from step to step is in the graph or on the GPU: the batch, the noise, Adam's counters and its
  rate. The share of the average, and the rate and the momentum of SGD, stay what they were in the first
  step, which changes no time.

Images, order and noise are on the GPU, products are in float32 (TF32 is switched off), and the optimiser
is the fused one. The losses are read once, when the steps are done: there the processor waits for the GPU.

Usage and answers as torch_step.py; the task's `cuda` is the way. Without CUDA, or without what a way
needs, it says so in a line of JSON with `unavailable`, and ends.
"""

import functools
import json
import math
import sys

import torch
from torch_step import Counter, Gan, Optimiser, answer, describe, read_task, serve, spiral

DEVICE = "cuda"
# Before a graph is recorded: PyTorch wants its libraries to have set themselves up.
WARM_UP = 3


class Unavailable(Exception):
    """This machine, or this PyTorch, lacks what the row needs."""


class CudaOptimiser(Optimiser):
    """The fused optimiser, or the next best that this PyTorch has.

    In a graph Adam's rate is a number on the GPU, which the graph itself moves.
    """

    def __init__(self, parameters, spec, recorded):
        self.spec, self.steps = spec, 0
        self.recorded = recorded and spec["kind"] == "adam"
        if self.recorded:
            self.rate = torch.tensor(float(spec["learningRate"]), device=DEVICE)
        kinds = ("fused", "foreach", "plain")
        found = [kind for kind in kinds if math.isfinite(self.seconds(kind, parameters))]
        if not found:
            raise Unavailable(f"PyTorch {torch.__version__} has no {spec['kind']} that a graph can hold")
        self.kind = found[0]
        self.inner = self.build(self.kind, parameters)
        if self.recorded:
            # The number that the optimiser itself reads.
            self.rate = self.inner.param_groups[0]["lr"]

    def build(self, kind, parameters):
        if not self.recorded:
            return super().build(kind, parameters)
        spec = self.spec
        how = {"fused": {"fused": True}, "foreach": {"foreach": True}, "plain": {"foreach": False}}[kind]
        return torch.optim.Adam(
            parameters,
            self.rate,
            (spec["beta1"], spec["beta2"]),
            spec["epsilon"],
            capturable=DEVICE == "cuda",
            **how,
        )

    def step(self, epoch):
        if not self.recorded:
            return super().step(epoch)
        self.inner.step()
        decay = self.spec.get("decay", 1)
        if decay != 1:
            self.rate.div_(decay).clamp_(min=self.spec.get("floor", 0))

    def restart(self):
        """As before the first step; in place, since a graph knows the places."""
        self.steps = 0
        if self.recorded:
            self.rate.fill_(self.spec["learningRate"])
        for state in self.inner.state.values():
            for value in state.values():
                if isinstance(value, torch.Tensor):
                    value.zero_()


class CudaDraws:
    """Batches, noise and masks, all made on the GPU."""

    def __init__(self, options, images, recorded):
        self.options, self.recorded = options, recorded
        self.images = None if images is None else images.to(DEVICE)
        batch = options["batchSize"]
        self.per_epoch = (200 * batch if images is None else len(images)) // batch
        self.rows = torch.zeros(batch, dtype=torch.int64, device=DEVICE)
        self.restart()

    def restart(self):
        self.steps = 0

    def next_step(self):
        """Chooses the rows of the batch: the one thing that a graph does not do."""
        if self.images is None:
            return
        place = self.steps % self.per_epoch
        if place == 0:
            self.order = torch.randperm(len(self.images), device=DEVICE)
        batch = self.options["batchSize"]
        chosen = self.order[place * batch : (place + 1) * batch]
        if self.recorded:
            self.rows.copy_(chosen)
        else:
            self.rows = chosen
        self.steps += 1

    def real(self):
        if self.images is None:
            return spiral(self.options["batchSize"], DEVICE)
        return self.images[self.rows]

    def latent(self, rows, _):
        shape, kind = (rows, self.options["generator"]["inputs"]), self.options["latent"]
        if kind == "normal":
            return torch.randn(shape, device=DEVICE)
        width = 1 if kind == "cube" else math.sqrt(3)
        return torch.empty(shape, device=DEVICE).uniform_(-width, width)

    def masks(self, _):
        """Drawn where they are used."""
        return None


class CudaTape:
    """Batches, noise and masks that were recorded: those of a step are copied to where they are read."""

    def __init__(self, options, arrays):
        self.layers = range(len(options["discriminator"]["layers"]))
        self.per_epoch = math.inf
        self.steps = {}
        for name, values in arrays.items():
            kind, _, rest = name.partition(".")
            if kind == "steps":
                step, _, what = rest.partition(".")
                self.steps.setdefault(int(step), {})[what] = values.to(DEVICE)
        self.now = {what: torch.empty_like(values) for what, values in self.steps[0].items()}
        self.restart()

    def restart(self):
        self.step = -1

    def next_step(self):
        self.step += 1
        for what, values in self.steps[self.step].items():
            self.now[what].copy_(values)

    def real(self):
        # Another tensor of the same numbers: the penalty marks it as to be differentiated.
        return self.now["real"].detach()

    def latent(self, _, player):
        return self.now[f"{player}.latent"]

    def masks(self, player):
        return [self.now.get(f"{player}.mask.{layer}") for layer in self.layers]


class Graph:
    """What `update` asks of the GPU, recorded once."""

    def __init__(self, update):
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.result = update()

    def replay(self):
        self.graph.replay()
        return self.result


def warm_up(update, steps):
    """On a stream of its own, as a recording needs it."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(steps):
            update()
    torch.cuda.current_stream().wait_stream(stream)


class CudaGan(Gan):
    def __init__(self, options, images, arrays, way):
        recorded = way == "graph"
        draws = CudaTape(options, arrays) if arrays else CudaDraws(options, images, recorded)
        optimiser = functools.partial(CudaOptimiser, recorded=recorded)
        super().__init__(options, images, arrays, DEVICE, optimiser, draws)
        self.way, self.graph = way, None
        if way == "compile":
            self.compile()
        elif recorded:
            self.record()

    def step(self):
        if self.graph is None:
            return super().step()
        self.draws.next_step()
        self.steps += 1
        return self.graph.replay()

    def rehearse(self, run):
        """Steps that leave nothing behind: `run` is told of a step, and how many to take."""
        optimisers = (self.g_optimiser, self.d_optimiser)
        networks = (self.generator, self.discriminator)
        places = [t for n in networks for t in (*n.parameters(), *n.buffers())] + self.average
        values = [place.detach().clone() for place in places]
        run(super().step, WARM_UP)
        with torch.no_grad():
            for place, value in zip(places, values):
                place.copy_(value)
        for optimiser in optimisers:
            optimiser.restart()
        self.draws.restart()
        self.steps = 0

    def record(self):
        self.rehearse(warm_up)
        # The gradients are to be the graph's own.
        self.d_optimiser.zero()
        self.g_optimiser.zero()
        self.graph = Graph(self.update)
        self.steps = 0

    def compile(self):
        if not hasattr(torch, "compile"):
            raise Unavailable(f"PyTorch {torch.__version__} has no torch.compile; it came with 2.0")
        # Every shape by itself: the batches never change.
        compiled = functools.partial(torch.compile, dynamic=False)
        plain = self.generator, self.discriminator
        self.generator, self.discriminator = map(compiled, plain)
        if self.options["gradientPenalty"] == 0:
            self.smooth_discriminator = self.discriminator
        if self.options["updates"] == "simultaneous":
            # Two gradients go back through the same pass.
            import torch._functorch.config as config

            config.donated_buffer = False
        try:
            self.rehearse(lambda step, steps: [step() for _ in range(steps)])
        except Exception as error:
            said = str(error).strip().splitlines() or [type(error).__name__]
            raise Unavailable(f"torch.compile failed: {said[0]}") from error


def respond(gan, request):
    if request["do"] != "count":
        return answer(gan, request)
    if gan.way != "eager":
        return {}
    with Counter() as counter:
        gan.step()
    return {"operations": counter.count}


def available():
    return torch.cuda.is_available()


def device_name():
    return torch.cuda.get_device_name()


def start(path):
    if not available():
        raise Unavailable(f"PyTorch {torch.__version__} finds no GPU: torch.cuda.is_available() is False")
    task, images, arrays = read_task(path)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.manual_seed(1)
    gan = CudaGan(task["options"], images, arrays, task["cuda"])
    return gan, {"cuda": f"{torch.version.cuda} on {device_name()}"}


def main():
    try:
        gan, ready = start(sys.argv[1])
    except Unavailable as reason:
        print(json.dumps({"unavailable": str(reason)}), flush=True)
        return
    serve(gan, describe(gan) | ready, respond)


if __name__ == "__main__":
    main()
