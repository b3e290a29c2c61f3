"""W4, Euler–Maruyama in a double well: NumPy, numba, torch."""
import numpy as np

from contestant import parameters, serve

dt, beta = 0.005, 2.0
spread = float(np.sqrt(dt / beta))
given = parameters()
paths, steps = given["paths"], given["steps"]
rng = np.random.Generator(np.random.SFC64(1))


def moments(x):
    return np.array([np.mean(x**2), np.mean(x**4)], dtype=np.float64)


def blocks():
    """A thousand paths at a time, so that they stay in the cache."""
    ends = []
    for first in range(0, paths, 1000):
        x = np.full(min(1000, paths - first), 0.5)
        z = np.empty(x.size)
        for _ in range(steps):
            rng.standard_normal(out=z)
            x += -dt * x * (x * x - 1) + spread * z
        ends.append(x)
    return moments(np.concatenate(ends))


runs = [("NumPy, SFC64", 1, None, blocks)]

try:
    import numba

    @numba.njit(fastmath=True, parallel=True)
    def walk(paths, steps):
        x = np.empty(paths)
        for i in numba.prange(paths):
            y = 0.5
            for _ in range(steps):
                y += -dt * y * (y * y - 1) + spread * np.random.standard_normal()
            x[i] = y
        return x

    def compiled(threads):
        numba.set_num_threads(threads)
        return moments(walk(paths, steps))

    runs += [("numba", k, None, lambda k=k: compiled(k)) for k in (1, 2) if k <= numba.config.NUMBA_NUM_THREADS]
except ImportError:
    pass

try:
    import torch

    def tensors(threads):
        torch.set_num_threads(threads)
        x = torch.full((paths,), 0.5)
        z = torch.empty_like(x)
        for _ in range(steps):
            z.normal_()
            x += -dt * x * (x * x - 1) + spread * z
        return moments(x.numpy().astype(np.float64))

    runs += [("torch 32 bits", k, None, lambda k=k: tensors(k)) for k in (1, 2)]
except ImportError:
    pass

serve(runs)
