"""A row of `deno task bench`: the same training step in PyTorch, on the processor.

Written as a PyTorch expert would write it, with no work that the step does not need: the generated
batch of D's update is made without a graph; D's loss is differentiated in D's weights only and G's
in G's only, so that G's update computes no gradient of D's weights; without R1, D sees real and
generated rows in one pass; simultaneous updates share their forward passes. Gradients are dropped, not
zeroed. The optimiser is the fastest of those that this PyTorch has (`foreach`, `fused`, neither), tried
at the start. Only the losses are computed, and read when the steps are done.

It is a correct program: with a tape of weights, batches, noise and dropout masks its losses are those
of this project (`deno task bench --verify`).

Usage: torch_step.py TASK. TASK is a JSON file: `options`, the run as lib/gan/options.ts has it; `images`,
a file of rows of 784 bytes, unless the options name toy data; `tape`, safetensors, to verify. It prints a
line of JSON when it is ready, then answers each line of JSON on stdin with one.

Notation: a is a logit, z noise. Shapes: rows of a batch first. A maxout layer keeps its pieces in the
slow index, so that the largest is taken over whole rows.
"""

import json
import math
import platform
import re
import sys
import time

import torch
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode

PIXELS = 784
# As lib/gan/gan.ts: means of 0 and 1 are brought this near to them.
CLIP = 1e-7


class Maxout(torch.nn.Linear):
    def __init__(self, inputs, width, pieces):
        super().__init__(inputs, width * pieces)
        self.shape = (-1, pieces, width)

    def forward(self, x):
        return super().forward(x).view(self.shape).max(1).values


def activation(layer):
    kind = layer["activation"]
    if kind == "leakyRelu":
        return [torch.nn.LeakyReLU(layer["slope"])]
    return {
        "relu": [torch.nn.ReLU()],
        "sigmoid": [torch.nn.Sigmoid()],
        "tanh": [torch.nn.Tanh()],
        "linear": [],
        "maxout": [],
    }[kind]


class Network(torch.nn.Module):
    """Blocks of dropout (as the layer says), affine map, batch norm, activation."""

    def __init__(self, spec):
        super().__init__()
        self.spec = spec
        self.keeps = [layer.get("keep", 1) for layer in spec["layers"]]
        blocks, inputs = [], spec["inputs"]
        for layer in spec["layers"]:
            width = layer["width"]
            maxout = layer["activation"] == "maxout"
            affine = Maxout(inputs, width, layer["pieces"]) if maxout else torch.nn.Linear(inputs, width)
            initialise(affine, spec["initialisation"])
            block = [affine]
            if "batchNorm" in layer:
                norm = layer["batchNorm"]
                block.append(torch.nn.BatchNorm1d(width, norm["epsilon"], norm["momentum"]))
            blocks.append(torch.nn.Sequential(*block, *activation(layer)))
            inputs = width
        self.blocks = torch.nn.ModuleList(blocks)
        # Without dropout there is nothing between the blocks.
        self.whole = torch.nn.Sequential(*blocks) if all(keep == 1 for keep in self.keeps) else None

    def forward(self, x, masks=None):
        if self.whole is not None:
            return self.whole(x)
        for i, (block, keep) in enumerate(zip(self.blocks, self.keeps)):
            if keep < 1:
                x = x * masks[i] if masks else F.dropout(x, 1 - keep)
            x = block(x)
        return x

    def load(self, arrays):
        """Weights as lib/gan names and lays them out: [inputs, outputs], pieces in the fast index."""
        with torch.no_grad():
            for i, (block, layer) in enumerate(zip(self.blocks, self.spec["layers"])):
                weight, bias = arrays[f"layers.{i}.weight"], arrays[f"layers.{i}.bias"]
                if layer["activation"] == "maxout":
                    sides = (layer["width"], layer["pieces"])
                    weight = weight.view(-1, *sides).transpose(1, 2).reshape(weight.shape)
                    bias = bias.view(*sides).t().reshape(-1)
                block[0].weight.copy_(weight.t())
                block[0].bias.copy_(bias)


def initialise(affine, kind):
    """`fanIn` is what torch.nn.Linear does by itself."""
    if kind["kind"] == "uniform":
        torch.nn.init.uniform_(affine.weight, -kind["range"], kind["range"])
    elif kind["kind"] == "glorot":
        torch.nn.init.xavier_uniform_(affine.weight)
    if kind["kind"] != "fanIn":
        torch.nn.init.zeros_(affine.bias)


class Optimiser:
    """Adam or momentum, by the fastest of PyTorch's implementations."""

    def __init__(self, parameters, spec):
        self.spec, self.steps = spec, 0
        self.kind = min(
            ("plain", "foreach", "fused"),
            key=lambda kind: self.seconds(kind, parameters),
        )
        self.inner = self.build(self.kind, parameters)

    def build(self, kind, parameters):
        spec = self.spec
        how = {"plain": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}[kind]
        if spec["kind"] == "adam":
            betas = (spec["beta1"], spec["beta2"])
            return torch.optim.Adam(parameters, spec["learningRate"], betas, spec["epsilon"], **how)
        return torch.optim.SGD(parameters, spec["learningRate"], spec["momentum"]["initial"], **how)

    def seconds(self, kind, parameters):
        """The least time of a step on copies of the weights; infinite where there is no such kind."""
        copies = [p.detach().clone().requires_grad_() for p in parameters]
        for p in copies:
            p.grad = torch.full_like(p, 1e-3)
        try:
            optimiser = self.build(kind, copies)
            times = []
            for _ in range(10):
                start = time.perf_counter()
                optimiser.step()
                times.append(time.perf_counter() - start)
        except (RuntimeError, TypeError, ValueError):
            return math.inf
        return min(times)

    def zero(self):
        self.inner.zero_grad(set_to_none=True)

    def step(self, epoch):
        spec = self.spec
        (group,) = self.inner.param_groups
        decay = spec.get("decay", 1)
        if decay != 1:
            group["lr"] = max(spec.get("floor", 0), spec["learningRate"] / decay**self.steps)
        if spec["kind"] == "momentum":
            m = spec["momentum"]
            share = min(1, max(0, (epoch - m["from"]) / (m["to"] - m["from"])))
            group["momentum"] = m["initial"] * (1 - share) + m["final"] * share
        self.steps += 1
        self.inner.step()


class Draws:
    """Batches, noise and masks from PyTorch's own generator."""

    def __init__(self, options, images):
        self.options, self.images = options, images
        self.position = 0
        rows = 200 * options["batchSize"] if images is None else len(images)
        self.per_epoch = rows // options["batchSize"]

    def next_step(self):
        pass

    def real(self):
        batch = self.options["batchSize"]
        if self.images is None:
            return spiral(batch)
        if self.position % self.per_epoch == 0:
            self.order = torch.randperm(len(self.images))
        start = self.position % self.per_epoch * batch
        self.position += 1
        return self.images[self.order[start : start + batch]]

    def latent(self, rows, _):
        shape, kind = (rows, self.options["generator"]["inputs"]), self.options["latent"]
        if kind == "normal":
            return torch.randn(shape)
        width = 1 if kind == "cube" else math.sqrt(3)
        return torch.empty(shape).uniform_(-width, width)

    def masks(self, _):
        """Drawn where they are used."""
        return None


class Tape:
    """Batches, noise and masks that were recorded."""

    def __init__(self, options, arrays):
        self.options, self.arrays, self.step, self.per_epoch = options, arrays, -1, math.inf

    def next_step(self):
        self.step += 1

    def of(self, name):
        return self.arrays[f"steps.{self.step}.{name}"]

    def real(self):
        return self.of("real")

    def latent(self, _, player):
        return self.of(f"{player}.latent")

    def masks(self, player):
        layers = self.options["discriminator"]["layers"]
        kept = [f"steps.{self.step}.{player}.mask.{i}" for i in range(len(layers))]
        return [self.arrays.get(name) for name in kept]


def spiral(count, device="cpu"):
    """lib/data/toy.ts: r = 0.05 + 0.9 (u0 + 1)/2 + 0.05 u1, theta = 3 pi u0."""
    u0, u1 = torch.empty(2, count, device=device).uniform_(-1, 1)
    r, theta = 0.5 + 0.45 * u0 + 0.05 * u1, 3 * math.pi * u0
    return torch.stack((r * theta.cos(), r * theta.sin()), 1)


def split_masks(masks, rows):
    """Masks of the real rows and of the generated ones."""
    if masks is None:
        return None, None
    return (
        [m if m is None else m[:rows] for m in masks],
        [m if m is None else m[rows:] for m in masks],
    )


class Gan:
    """Networks, optimisers and draws; on another device they are made by others (torch_cuda.py)."""

    def __init__(self, options, images, arrays, device="cpu", optimiser=Optimiser, draws=None):
        for name, only in {"discriminatorSteps": 1, "packing": 1}.items():
            if options.get(name, 1) != only:
                sys.exit(f"Cannot time PyTorch: {name} must be {only}, got {options[name]}")
        self.options = options
        self.generator = Network(options["generator"])
        self.discriminator = Network(options["discriminator"])
        if options["outputBiasFromMeans"] and images is not None:
            with torch.no_grad():
                self.generator.blocks[-1][0].bias.copy_(images.mean(0).logit(CLIP))
        if arrays:
            for name, network in (("generator", self.generator), ("discriminator", self.discriminator)):
                network.load({k[len(name) + 1 :]: v for k, v in arrays.items() if k.startswith(name)})
        self.generator.to(device)
        self.discriminator.to(device)
        # D where R1 differentiates its gradient once more.
        self.smooth_discriminator = self.discriminator
        self.g_weights = list(self.generator.parameters())
        self.d_weights = list(self.discriminator.parameters())
        self.g_optimiser = optimiser(self.g_weights, options["generatorOptimiser"])
        self.d_optimiser = optimiser(self.d_weights, options["discriminatorOptimiser"])
        self.draws = draws or (Tape(options, arrays) if arrays else Draws(options, images))
        self.steps = 0
        # The counter of batches must not be averaged.
        statistics = [b for b in self.generator.buffers() if b.is_floating_point()]
        self.averaged = [w.detach() for w in self.g_weights + statistics]
        self.average = [w.clone() for w in self.averaged]

    def step(self):
        """One update of each player; the losses, and the penalty where there is one, not yet read."""
        self.draws.next_step()
        return self.update()

    def update(self):
        """What a step does once its batch has been chosen."""
        self.epoch = self.steps // self.draws.per_epoch + 1
        if self.options["updates"] == "simultaneous":
            losses = self.move_both()
        else:
            losses = self.move_discriminator() | self.move_generator()
        self.steps += 1
        self.move_average()
        return losses

    def move_discriminator(self):
        with torch.no_grad():
            fake = self.generator(self.draws.latent(self.options["batchSize"], "discriminator"))
        masks = self.draws.masks("discriminator")
        losses, objective, _ = self.discriminator_losses(self.draws.real(), fake, masks)
        self.d_optimiser.zero()
        objective.backward(inputs=self.d_weights)
        self.d_optimiser.step(self.epoch)
        return losses

    def move_generator(self):
        rows = self.options.get("generatorBatchSize", self.options["batchSize"])
        fake = self.generator(self.draws.latent(rows, "generator"))
        loss = self.generator_loss(self.discriminator(fake, self.draws.masks("generator")))
        self.g_optimiser.zero()
        loss.backward(inputs=self.g_weights)
        self.g_optimiser.step(self.epoch)
        return {"gLoss": loss}

    def move_both(self):
        """Both gradients at the same weights, noise and masks: one forward pass serves both."""
        fake = self.generator(self.draws.latent(self.options["batchSize"], "discriminator"))
        masks = self.draws.masks("discriminator")
        losses, objective, fake_logits = self.discriminator_losses(self.draws.real(), fake, masks)
        loss = self.generator_loss(fake_logits)
        self.d_optimiser.zero()
        self.g_optimiser.zero()
        objective.backward(inputs=self.d_weights, retain_graph=True)
        loss.backward(inputs=self.g_weights)
        self.d_optimiser.step(self.epoch)
        self.g_optimiser.step(self.epoch)
        return losses | {"gLoss": loss}

    def discriminator_losses(self, real, fake, masks):
        gamma, rows = self.options["gradientPenalty"], len(real)
        if gamma == 0:
            logits = self.discriminator(torch.cat((real, fake)), masks)
            real_logits, fake_logits = logits[:rows], logits[rows:]
        else:
            # Apart, so that the penalty goes back through the real rows alone.
            on_real, on_fake = split_masks(masks, rows)
            real.requires_grad_()
            real_logits = self.smooth_discriminator(real, on_real)
            fake_logits = self.discriminator(fake, on_fake)
        loss = 0.5 * (F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean())
        if gamma == 0:
            return {"dLoss": loss}, loss, fake_logits
        (slope,) = torch.autograd.grad(real_logits.sum(), real, create_graph=True)
        penalty = gamma / (2 * rows) * slope.square().sum()
        return {"dLoss": loss, "penalty": penalty}, loss + penalty, fake_logits

    def generator_loss(self, logits):
        if self.options["generatorLoss"] == "saturating":
            return -F.softplus(logits).mean()
        return F.softplus(-logits).mean()

    def move_average(self):
        limit = self.options["averageDecay"]
        if limit == 0:
            return
        decay = min(limit, (1 + self.steps) / (10 + self.steps))
        if hasattr(torch, "_foreach_lerp_"):
            torch._foreach_lerp_(self.average, self.averaged, 1 - decay)
        else:
            torch._foreach_mul_(self.average, decay)
            torch._foreach_add_(self.average, self.averaged, alpha=1 - decay)


class Counter(TorchDispatchMode):
    """Counts operations, those of the backward pass included."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.count += 1
        return function(*args, **(kwargs or {}))


def read_safetensors(path):
    with open(path, "rb") as file:
        raw = bytearray(file.read())
    length = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8 : 8 + length])
    header.pop("__metadata__", None)
    arrays = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        offset = 8 + length + start
        values = torch.frombuffer(raw, dtype=torch.float32, count=(end - start) // 4, offset=offset)
        arrays[name] = values.view(entry["shape"]).clone()
    return arrays


def read_images(path):
    with open(path, "rb") as file:
        raw = bytearray(file.read())
    return torch.frombuffer(raw, dtype=torch.uint8).view(-1, PIXELS).float().div_(255)


def library():
    """The file of the BLAS in use, if the system tells; OpenBLAS says more about itself."""
    try:
        with open("/proc/self/maps") as maps:
            files = set(re.findall(r"/\S+", maps.read()))
    except OSError:
        return "unknown"
    found = sorted(f for f in files if re.search(r"/lib(\w*blas|mkl_rt|mkl_core|blis)[^/]*\.so", f))
    names = [f.split("/")[-1] for f in found]
    for file in found:
        try:
            import ctypes

            config = ctypes.CDLL(file).openblas_get_config
            config.restype = ctypes.c_char_p
            names.append(config().decode())
            break
        except (AttributeError, OSError):
            pass
    return "; ".join(names) or "unknown"


def peak_bytes():
    try:
        with open("/proc/self/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1]) * 1024
    except (OSError, TypeError):
        return None


def answer(gan, request):
    steps = request.get("steps", 1)
    if request["do"] == "time":
        start, busy = time.perf_counter(), time.thread_time()
        for _ in range(steps):
            losses = gan.step()
        if not all(math.isfinite(loss.item()) for loss in losses.values()):
            sys.exit(f"Cannot time PyTorch: a loss must be finite, got {losses}")
        return {
            "msPerStep": 1e3 * (time.perf_counter() - start) / steps,
            "hostMsPerStep": 1e3 * (time.thread_time() - busy) / steps,
        }
    if request["do"] == "losses":
        return {"losses": [{k: v.item() for k, v in gan.step().items()} for _ in range(steps)]}
    if request["do"] == "count":
        with Counter() as counter:
            gan.step()
        return {"operations": counter.count}
    return {"peakBytes": peak_bytes()}


def read_task(path):
    """The task, its images and its tape; None for what it does not have."""
    with open(path) as file:
        task = json.load(file)
    images = read_images(task["images"]) if "images" in task else None
    arrays = read_safetensors(task["tape"]) if "tape" in task else None
    return task, images, arrays


def describe(gan):
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "optimisers": f"D {gan.d_optimiser.kind}, G {gan.g_optimiser.kind}",
    }


def serve(gan, ready, respond=answer):
    """Says that it is ready, then answers."""
    print(json.dumps({"ready": ready}), flush=True)
    for line in sys.stdin:
        print(json.dumps(respond(gan, json.loads(line))), flush=True)


def main():
    task, images, arrays = read_task(sys.argv[1])
    torch.manual_seed(1)
    gan = Gan(task["options"], images, arrays)
    serve(gan, describe(gan) | {"blas": library()})


if __name__ == "__main__":
    main()
