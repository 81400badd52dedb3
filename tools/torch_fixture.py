"""Makes tests/gan/fixtures/torch.json: ten whole training steps of small GANs, by PyTorch.

An independent program: its own generator of random numbers, written from the description in
lib/random.ts, and PyTorch's autograd (float64) for every derivative, the R1 penalty's second
derivative included. tests/gan/torch_test.ts compares lib/gan with it.

    apt-get install python3-torch python3-numpy
    /usr/bin/python3 tools/torch_fixture.py
"""

import json
import math
import pathlib

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
M = 0xFFFFFFFF


def mix(x):
    x = ((x ^ (x >> 16)) * 0x85EBCA6B) & M
    x = ((x ^ (x >> 13)) * 0xC2B2AE35) & M
    return x ^ (x >> 16)


class Random:
    """sfc32 with a key."""

    def __init__(self, seed):
        low, high = seed & M, seed >> 32
        self.key = mix(low ^ mix(high ^ 0x9E3779B9))
        self.a, self.b, self.c, self.counter = low, high, self.key, 1
        self.words(15)

    def split(self, label):
        h = self.key
        for character in label:
            h = mix((h * 31 + ord(character) + 0x9E3779B9) & M)
        return Random(mix(h) + ((mix(h ^ self.key) & 0x1FFFFF) << 32))

    def words(self, count):
        out = []
        for _ in range(count):
            t = (self.a + self.b + self.counter) & M
            self.counter = (self.counter + 1) & M
            self.a = self.b ^ (self.b >> 9)
            self.b = (self.c + (self.c << 3)) & M
            self.c = ((((self.c << 21) | (self.c >> 11)) & M) + t) & M
            out.append(t)
        return out

    def integer(self, bound):
        unbiased = 2**32 - 2**32 % bound
        while True:
            (draw,) = self.words(1)
            if draw < unbiased:
                return draw % bound

    def uniforms(self, count, low, high):
        return np.float32([low + w * ((high - low) * 2.0**-32) for w in self.words(count)])

    def normals(self, count):
        w = self.words(count + count % 2)
        out = []
        for i in range(0, count, 2):
            radius = math.sqrt(-2 * math.log((w[i] + 1) * 2.0**-32))
            angle = 2 * math.pi * w[i + 1] * 2.0**-32
            out += [radius * math.cos(angle), radius * math.sin(angle)]
        return np.float32(out[:count])

    def mask(self, rows, columns, keep):
        w = np.array(self.words(rows * columns), dtype=np.float64)
        return torch.tensor(np.where(w < keep * 2**32, np.float32(1 / keep), 0)).reshape(rows, columns)

    def permutation(self, count):
        order = list(range(count))
        for i in range(count - 1, 0, -1):
            j = self.integer(i + 1)
            order[i], order[j] = order[j], order[i]
        return order


class Layer:
    def __init__(self, inputs, spec, initialisation, random):
        self.spec = spec
        self.width = spec["width"] * spec.get("pieces", 1)
        if initialisation["kind"] == "uniform":
            r = initialisation["range"]
            weight = random.uniforms(inputs * self.width, -r, r)
            bias = np.zeros(self.width)
        else:
            r = 1 / math.sqrt(inputs)
            weight = random.uniforms(inputs * self.width, -r, r)
            bias = random.uniforms(self.width, -r, r)
        self.parameters = {"weight": torch.tensor(weight.astype(np.float64)).reshape(inputs, self.width),
                           "bias": torch.tensor(np.float64(bias))}
        if "batchNorm" in spec:
            self.parameters |= {"scale": torch.ones(self.width), "shift": torch.zeros(self.width)}
            self.mean, self.variance = torch.zeros(self.width), torch.ones(self.width)
        for p in self.parameters.values():
            p.requires_grad_()

    def __call__(self, x, mask=None):
        p, spec = self.parameters, self.spec
        if mask is not None:
            x = x * mask
        h = x @ p["weight"] + p["bias"]
        if "batchNorm" in spec:
            norm = spec["batchNorm"]
            h = torch.nn.functional.batch_norm(
                h, self.mean, self.variance, p["scale"], p["shift"], True, norm["momentum"], norm["epsilon"])
        activation = spec["activation"]
        if activation == "maxout":
            return h.reshape(len(h), spec["width"], spec["pieces"]).max(2).values
        if activation == "leakyRelu":
            return torch.nn.functional.leaky_relu(h, spec["slope"])
        return {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "linear": lambda a: a}[activation](h)


class Network:
    def __init__(self, spec, random):
        self.layers = []
        inputs = spec["inputs"]
        for layer in spec["layers"]:
            self.layers.append(Layer(inputs, layer, spec["initialisation"], random))
            inputs = layer["width"]

    def __call__(self, x, masks=None):
        for i, layer in enumerate(self.layers):
            x = layer(x, masks[i] if masks else None)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters.values()]

    def state(self):
        out = {}
        for i, layer in enumerate(self.layers):
            for name, p in layer.parameters.items():
                out[f"layers.{i}.{name}"] = p.detach().flatten().tolist()
            if "batchNorm" in layer.spec:
                out[f"layers.{i}.mean"] = layer.mean.tolist()
                out[f"layers.{i}.variance"] = layer.variance.tolist()
        return out


class Momentum:
    """v <- mu v - rate g; w <- w + v, with the schedules of the authors' mnist.yaml."""

    def __init__(self, parameters, spec):
        self.parameters, self.spec, self.step_count = parameters, spec, 0
        self.velocity = [torch.zeros_like(p) for p in parameters]

    def step(self, gradients, finished_epochs):
        spec, m = self.spec, self.spec["momentum"]
        rate = max(spec["floor"], spec["learningRate"] / spec["decay"] ** self.step_count)
        share = min(1, max(0, (finished_epochs + 1 - m["from"]) / (m["to"] - m["from"])))
        mu = m["initial"] * (1 - share) + m["final"] * share
        self.step_count += 1
        with torch.no_grad():
            for p, g, v in zip(self.parameters, gradients, self.velocity):
                v.mul_(mu).sub_(rate * g)
                p.add_(v)


class Adam:
    def __init__(self, parameters, spec):
        self.parameters = parameters
        self.adam = torch.optim.Adam(
            parameters, spec["learningRate"], (spec["beta1"], spec["beta2"]), spec["epsilon"])

    def step(self, gradients, _):
        for p, g in zip(self.parameters, gradients):
            p.grad = g
        self.adam.step()


def run(options, data, labels, steps):
    rng = Random(options["seed"])
    batches, noise, dropout = rng.split("batches"), rng.split("noise"), rng.split("dropout")
    generator = Network(options["generator"], rng.split("generator"))
    if options["outputBiasFromMeans"]:
        means = data.mean(0).clamp(1e-7, 1 - 1e-7)
        with torch.no_grad():
            generator.layers[-1].parameters["bias"].copy_(torch.log(means / (1 - means)))
    discriminator = Network(options["discriminator"], rng.split("discriminator"))
    kind = Adam if options["generatorOptimiser"]["kind"] == "adam" else Momentum
    g_opt = kind(generator.parameters(), options["generatorOptimiser"])
    d_opt = kind(discriminator.parameters(), options["discriminatorOptimiser"])
    batch, gamma, k = options["batchSize"], options["gradientPenalty"], options["discriminatorSteps"]
    softplus = lambda a: torch.logaddexp(a, torch.zeros_like(a))
    average = {n: torch.tensor(v) for n, v in generator.state().items()}
    g_batch, pack = options.get("generatorBatchSize", batch), options.get("packing", 1)
    per_epoch = len(data) // (batch * pack)
    position, order = 0, batches.permutation(len(data))
    log = []

    classes = options.get("classes", 0)
    one_hot = torch.eye(classes, dtype=torch.float64)

    def latent(rows):
        size = rows * pack * (options["generator"]["inputs"] - classes)
        width = 1 if options["latent"] == "cube" else math.sqrt(3)
        z = noise.normals(size) if options["latent"] == "normal" else noise.uniforms(size, -width, width)
        return torch.tensor(z.astype(np.float64)).reshape(rows * pack, -1)

    def packed(rows):
        """`pack` rows end to end in one."""
        return torch.cat([rows[i::pack] for i in range(pack)], 1)

    def told(rows, y):
        """`rows` with their labels behind them."""
        return torch.cat([rows, one_hot[y]], 1) if classes else rows

    def fresh_labels(rows):
        return [labels[noise.integer(len(labels))] for _ in range(rows)] if classes else None

    def masks(rows):
        out, inputs = [], options["discriminator"]["inputs"]
        for layer in options["discriminator"]["layers"]:
            keep = layer.get("keep", 1)
            out.append(dropout.mask(rows, inputs, keep) if keep < 1 else None)
            inputs = layer["width"]
        return out

    def part(ms, rows):
        return [m[rows] if m is not None else None for m in ms]

    def d_gradients(z, ms, real, y):
        fake = packed(generator(told(z, y)).detach())
        x = real.clone().requires_grad_()
        a = discriminator(told(x, y), part(ms, slice(0, batch)))
        b = discriminator(told(fake, y), part(ms, slice(batch, None)))
        loss = 0.5 * (softplus(-a).mean() + softplus(b).mean())
        total = loss
        if gamma:
            (slope,) = torch.autograd.grad(a.sum(), x, create_graph=True)
            total = loss + gamma / 2 * slope.square().sum(1).mean()
        entry = {"dLoss": loss.item(), "dReal": a.sigmoid().mean().item(), "dFake": b.sigmoid().mean().item()}
        if options.get("reportAccuracy"):
            entry["dAccuracy"] = (((a > 0).sum() + (b < 0).sum()) / (len(a) + len(b))).item()
        if gamma:
            entry["penalty"] = (total - loss).item()
        return torch.autograd.grad(total, discriminator.parameters()), entry

    def g_gradients(z, ms, y):
        a = discriminator(told(packed(generator(told(z, y))), y), ms)
        loss = softplus(-a).mean() if options["generatorLoss"] == "nonSaturating" else -softplus(a).mean()
        entry = {"gLoss": loss.item()}
        if options.get("reportAccuracy"):
            entry["gAccuracy"] = (a > 0).double().mean().item()
        return torch.autograd.grad(loss, generator.parameters()), entry

    for step in range(steps):
        epochs = step * k // per_epoch
        for _ in range(k):
            if position == per_epoch:
                order, position = batches.permutation(len(data)), 0
            rows = order[position * batch * pack:(position + 1) * batch * pack]
            real, y = packed(data[rows]), [labels[row] for row in rows]
            position += 1
            z, ms = latent(batch), masks(2 * batch)
            d_grads, entry = d_gradients(z, ms, real, y)
            if options["updates"] == "alternating":
                d_opt.step(d_grads, epochs)
        if options["updates"] == "alternating":
            z, y, ms = latent(g_batch), fresh_labels(g_batch), masks(g_batch)
            g_grads, g_entry = g_gradients(z, ms, y)
        else:
            statistics = [(l.mean.clone(), l.variance.clone()) for l in generator.layers if "batchNorm" in l.spec]
            assert not statistics, "this fixture has no simultaneous updates with batch normalisation"
            g_grads, g_entry = g_gradients(z, part(ms, slice(batch, None)), y)
            d_opt.step(d_grads, epochs)
        g_opt.step(g_grads, epochs)
        decay = min(options["averageDecay"], (2 + step) / (11 + step))
        for n, v in generator.state().items():
            average[n] = decay * average[n] + (1 - decay) * torch.tensor(v)
        log.append(entry | g_entry)
    return {"log": log, "generator": generator.state(), "discriminator": discriminator.state(),
            "average": {n: v.tolist() for n, v in average.items()}}


def data(rows, columns):
    return torch.tensor([[((7 * i * i + 3 * j + i * j) % 11) / 10 for j in range(columns)] for i in range(rows)])


def labels(rows):
    return [(i + i // 3) % 3 for i in range(rows)]


ADAM = {"kind": "adam", "learningRate": 0.01, "beta1": 0.5, "beta2": 0.999, "epsilon": 1e-8}
# The gradient of a bias under batch normalisation is zero except for rounding, and Adam with a tiny
# epsilon would turn the rounding of float32 into steps. A large epsilon does not.
CALM_ADAM = ADAM | {"epsilon": 1e-3}
NORM = {"momentum": 0.1, "epsilon": 1e-5}
LEAKY = {"activation": "leakyRelu", "slope": 0.2}
SGD = {"kind": "momentum", "learningRate": 0.5, "decay": 1.01, "floor": 0.48,
       "momentum": {"initial": 0.5, "final": 0.7, "from": 1, "to": 3}}

CASES = {
    "alternating, batch norm, leaky ReLU, R1, Adam, average, k = 2": {
        "generator": {"inputs": 3, "initialisation": {"kind": "fanIn"}, "layers": [
            {"width": 4, "activation": "relu", "batchNorm": NORM},
            {"width": 6, "activation": "relu", "batchNorm": NORM},
            {"width": 5, "activation": "sigmoid"}]},
        "discriminator": {"inputs": 5, "initialisation": {"kind": "fanIn"}, "layers": [
            {"width": 7, **LEAKY}, {"width": 4, **LEAKY, "keep": 0.75}, {"width": 1, "activation": "linear"}]},
        "latent": "normal", "generatorLoss": "nonSaturating", "generatorOptimiser": CALM_ADAM,
        "discriminatorOptimiser": CALM_ADAM, "discriminatorSteps": 2, "updates": "alternating", "batchSize": 4,
        "gradientPenalty": 2, "averageDecay": 0.7, "outputBiasFromMeans": False, "seed": 11},
    "simultaneous, maxout, dropout, momentum, output bias, R1": {
        "generator": {"inputs": 3, "initialisation": {"kind": "uniform", "range": 0.5}, "layers": [
            {"width": 6, "activation": "relu"}, {"width": 5, "activation": "sigmoid"}]},
        "discriminator": {"inputs": 5, "initialisation": {"kind": "uniform", "range": 0.5}, "layers": [
            {"width": 4, "activation": "maxout", "pieces": 3, "keep": 0.8},
            {"width": 3, "activation": "maxout", "pieces": 2, "keep": 0.5},
            {"width": 1, "activation": "linear", "keep": 0.5}]},
        "latent": "uniform", "generatorLoss": "nonSaturating", "generatorOptimiser": SGD,
        "discriminatorOptimiser": SGD, "discriminatorSteps": 1, "updates": "simultaneous", "batchSize": 5,
        "gradientPenalty": 0.5, "averageDecay": 0, "outputBiasFromMeans": True, "seed": 12},
    "alternating, saturating loss": {
        "generator": {"inputs": 2, "initialisation": {"kind": "fanIn"}, "layers": [
            {"width": 5, "activation": "sigmoid"}]},
        "discriminator": {"inputs": 5, "initialisation": {"kind": "fanIn"}, "layers": [
            {"width": 6, **LEAKY}, {"width": 1, "activation": "linear"}]},
        "latent": "normal", "generatorLoss": "saturating", "generatorOptimiser": ADAM,
        "discriminatorOptimiser": ADAM, "discriminatorSteps": 1, "updates": "alternating", "batchSize": 6,
        "gradientPenalty": 0, "averageDecay": 0, "outputBiasFromMeans": False, "seed": 13},
    "packs of 2, z in a cube, a larger batch for G, tanh, dropout, R1, accuracies": {
        "generator": {"inputs": 2, "initialisation": {"kind": "fanIn"}, "layers": [
            {"width": 6, **LEAKY}, {"width": 5, "activation": "tanh"}]},
        "discriminator": {"inputs": 10, "initialisation": {"kind": "fanIn"}, "layers": [
            {"width": 7, **LEAKY}, {"width": 4, **LEAKY, "keep": 0.75}, {"width": 1, "activation": "linear"}]},
        "latent": "cube", "generatorLoss": "nonSaturating", "generatorOptimiser": ADAM,
        "discriminatorOptimiser": ADAM, "discriminatorSteps": 2, "updates": "alternating", "batchSize": 3,
        "generatorBatchSize": 5, "packing": 2, "reportAccuracy": True,
        "gradientPenalty": 1, "averageDecay": 0, "outputBiasFromMeans": False, "seed": 14},
    "conditional, alternating, batch norm, dropout of D's input, R1, Adam, average, k = 2, another batch for G": {
        "classes": 3,
        "generator": {"inputs": 5, "initialisation": {"kind": "fanIn"}, "layers": [
            {"width": 6, "activation": "relu", "batchNorm": NORM},
            {"width": 5, "activation": "sigmoid"}]},
        "discriminator": {"inputs": 8, "initialisation": {"kind": "fanIn"}, "layers": [
            {"width": 7, **LEAKY, "keep": 0.8}, {"width": 4, **LEAKY, "keep": 0.75},
            {"width": 1, "activation": "linear"}]},
        "latent": "normal", "generatorLoss": "nonSaturating", "generatorOptimiser": CALM_ADAM,
        "discriminatorOptimiser": CALM_ADAM, "discriminatorSteps": 2, "updates": "alternating", "batchSize": 4,
        "generatorBatchSize": 6, "gradientPenalty": 2, "averageDecay": 0.7, "outputBiasFromMeans": False,
        "seed": 15},
    "conditional, simultaneous, momentum, output bias, R1, accuracies": {
        "classes": 3,
        "generator": {"inputs": 6, "initialisation": {"kind": "fanIn"}, "layers": [
            {"width": 6, **LEAKY}, {"width": 5, "activation": "sigmoid"}]},
        "discriminator": {"inputs": 8, "initialisation": {"kind": "fanIn"}, "layers": [
            {"width": 4, "activation": "maxout", "pieces": 3}, {"width": 6, **LEAKY},
            {"width": 1, "activation": "linear"}]},
        "latent": "uniform", "generatorLoss": "nonSaturating", "generatorOptimiser": SGD,
        "discriminatorOptimiser": SGD, "discriminatorSteps": 1, "updates": "simultaneous", "batchSize": 5,
        "reportAccuracy": True, "gradientPenalty": 0.5, "averageDecay": 0, "outputBiasFromMeans": True, "seed": 16},
}


def rounded(value):
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


if __name__ == "__main__":
    rows, columns, steps = 17, 5, 10
    cases = []
    for name, options in CASES.items():
        cases.append({"name": name, "options": options, "expected": rounded(run(options, data(rows, columns), labels(rows), steps))})
    target = pathlib.Path(__file__).parent.parent / "tests/gan/fixtures/torch.json"
    target.write_text(json.dumps({"versions": {"torch": torch.__version__, "numpy": np.__version__},
                                  "rows": rows, "columns": columns, "steps": steps, "cases": cases}) + "\n")
    print(target)
