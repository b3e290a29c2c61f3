"""W7, an outer step of Entropy-SGD as in its authors' code, in torch."""
import math

import numpy as np
import torch

from contestant import parameters, serve

features, classes, samples = 784, 10, 128
steps, step_size, scope, rate, momentum, averaging, noise = 20, 0.1, 1e-2, 0.1, 0.9, 0.25, 1e-9
hidden = parameters()["hidden"]
torch.manual_seed(1)


def spread(count, first):
    return ((np.arange(count, dtype=np.int64) + first) * 7919 % 1000003) / 1000003


def scaled(rows, columns, first):
    return ((2 * spread(rows * columns, first) - 1) / math.sqrt(rows)).reshape(rows, columns)


start = [scaled(features, hidden, 2), np.zeros(hidden), scaled(hidden, classes, 3), np.zeros(classes)]
batch = spread(samples * features, 1).reshape(samples, features)
labels = torch.arange(samples) % classes


def contestant(dtype, threads):
    inputs = torch.tensor(batch, dtype=dtype)

    def loss(p):
        return torch.nn.functional.cross_entropy(torch.relu(inputs @ p[0] + p[1]) @ p[2] + p[3], labels)

    def run():
        torch.set_num_threads(threads)
        y = [torch.tensor(part, dtype=dtype, requires_grad=True) for part in start]
        x = [p.detach().clone() for p in y]
        mean = [p.detach().clone() for p in y]
        velocity = [torch.zeros_like(p) for p in y]
        normals = [torch.zeros_like(p) for p in x]
        for _ in range(steps):
            for p in y:
                p.grad = None
            loss(y).backward()
            with torch.no_grad():
                for p, c, m, v, e in zip(y, x, mean, velocity, normals):
                    d = p.grad
                    v.mul_(momentum).add_(d)
                    d.add_(v, alpha=momentum).add_(p - c, alpha=scope)
                    p.add_(d, alpha=-step_size).add_(e.normal_(), alpha=math.sqrt(2 * step_size) * noise)
                    m.mul_(1 - averaging).add_(p, alpha=averaging)
        with torch.no_grad():
            for c, m in zip(x, mean):
                c.add_(c - m, alpha=-rate * (1 + momentum))
            return np.array([loss(x).item()])

    return run


serve([(f"torch {bits} bits", threads, None, contestant(dtype, threads)) for bits, dtype in ((32, torch.float32), (64, torch.float64)) for threads in (1,)])
