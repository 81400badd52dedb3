"""Shares of the ten digits in generated images, by a classifier that this script trains.

    apt-get install python3-torch python3-numpy libopenblas0-pthread
    deno task sample --run runs/mlp-1 --count 10000 --seed 7 --out x.npy
    /usr/bin/python3 tools/digit_shares.py MNIST_FOLDER x.npy [y.npy ...]

MNIST_FOLDER holds the four raw files. The judge is a small convolutional network, two epochs of
Adam, kept in judge.pt of the working folder; it prints its accuracy on the test images. For each
file: smallest and largest share, all ten, a classifier score exp(E KL(p(y|x) | p(y))), the Frechet
distance on its 64 features to the test images, and the mean confidence.
"""

import os
import pathlib
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def read(folder, name, offset, width):
    data = np.fromfile(pathlib.Path(folder) / name, dtype=np.uint8)[offset:]
    return torch.from_numpy(data.reshape(-1, width).copy())


class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(1, 16, 5, 2, 2), nn.Conv2d(16, 32, 5, 2, 2)
        self.third, self.last = nn.Linear(32 * 49, 64), nn.Linear(64, 10)

    def features(self, x):
        x = F.relu(self.second(F.relu(self.first(x.reshape(-1, 1, 28, 28)))))
        return F.relu(self.third(x.flatten(1)))

    def forward(self, x):
        return self.last(F.dropout(self.features(x), 0.3, self.training))


def train_judge(folder):
    judge = Judge()
    torch.manual_seed(0)
    if os.path.exists("judge.pt"):
        judge.load_state_dict(torch.load("judge.pt"))
    else:
        images = read(folder, "train-images-idx3-ubyte", 16, 784).float() / 255
        labels = read(folder, "train-labels-idx1-ubyte", 8, 1)[:, 0].long()
        adam = torch.optim.Adam(judge.parameters(), 1e-3)
        judge.train()
        for _ in range(4):
            for rows in torch.randperm(len(images)).split(128):
                loss = F.cross_entropy(judge(images[rows]), labels[rows])
                adam.zero_grad()
                loss.backward()
                adam.step()
        torch.save(judge.state_dict(), "judge.pt")
    return judge.eval()


def frechet(a, b):
    a, b = a.double().numpy(), b.double().numpy()
    ca, cb = np.cov(a.T), np.cov(b.T)
    values, vectors = np.linalg.eigh(ca)
    root = vectors @ np.diag(np.sqrt(np.maximum(values, 0))) @ vectors.T
    cross = np.linalg.eigvalsh(root @ cb @ root)
    gap = ((a.mean(0) - b.mean(0)) ** 2).sum()
    return gap + np.trace(ca) + np.trace(cb) - 2 * np.sqrt(np.maximum(cross, 0)).sum()


if __name__ == "__main__":
    folder, *files = sys.argv[1:]
    judge = train_judge(folder)
    with torch.no_grad():
        test = read(folder, "t10k-images-idx3-ubyte", 16, 784).float() / 255
        truth = read(folder, "t10k-labels-idx1-ubyte", 8, 1)[:, 0].long()
        print(f"judge: {(judge(test).argmax(1) == truth).float().mean():.4f} of the test images right")
        real = judge.features(test)
        for file in files:
            x = torch.from_numpy(np.load(file))
            p = judge(x).softmax(1)
            shares = np.bincount(p.argmax(1).numpy(), minlength=10) / len(x)
            mean = p.mean(0)
            score = torch.exp((p * (torch.log(p + 1e-12) - torch.log(mean + 1e-12))).sum(1).mean())
            print(f"{file}: n {len(x)}, share {shares.min():.3f} to {shares.max():.3f}, "
                  f"score {score:.2f}, Frechet {frechet(judge.features(x), real):.1f}, "
                  f"confidence {p.max(1).values.mean():.3f}")
            print("  " + "  ".join(f"{d}: {s:.3f}" for d, s in enumerate(shares)))
