"""W2, Hopf–Lax on a grid: the lower envelope of parabolas in numba, brute force in NumPy where that is bearable."""
import numpy as np

from contestant import parameters, serve

t = 0.1
given = parameters()
dim, n = given["dim"], given["size"]
x = np.linspace(-2, 2, n)
c = (4 / (n - 1)) ** 2 / (2 * t)
if dim == 1:
    f = (x * x - 1) ** 2 + 0.3 * np.cos(20 * x)
else:
    a, b = x[:, None], x[None, :]
    f = (a * a - 1) ** 2 + b * b / 2 + 0.2 * np.cos(15 * a + 7 * b) + 0.2 * np.cos(11 * b)
runs = []


def brute():
    d = np.arange(n) - np.arange(n)[:, None]
    parabola = c * d * d
    g = f
    for _ in range(dim):
        g = np.stack([(row + parabola).min(axis=1) for row in np.atleast_2d(g)]).T
    return g


if n ** (dim + 1) <= 1e8:
    runs.append(("NumPy, brute force", 1, None, brute))

try:
    import numba

    @numba.njit
    def envelope(f, u, owner, start):
        last = 0
        owner[0] = 0
        start[0] = -1e300
        for q in range(1, f.size):
            height = f[q] + c * q * q
            while True:
                p = owner[last]
                s = (height - (f[p] + c * p * p)) / (2 * c * (q - p))
                if s > start[last]:
                    break
                last -= 1
            last += 1
            owner[last] = q
            start[last] = s
        start[last + 1] = 1e300
        piece = 0
        for q in range(f.size):
            while start[piece + 1] < q:
                piece += 1
            d = q - owner[piece]
            u[q] = f[owner[piece]] + c * d * d

    @numba.njit
    def line(f):
        u = np.empty(f.size)
        envelope(f, u, np.empty(f.size, np.int64), np.empty(f.size + 1))
        return u

    @numba.njit(parallel=True)
    def rows(f):
        u = np.empty_like(f)
        for i in numba.prange(f.shape[0]):
            envelope(f[i], u[i], np.empty(f.shape[1], np.int64), np.empty(f.shape[1] + 1))
        return u

    def plane(threads):
        numba.set_num_threads(threads)
        return rows(rows(f).T.copy()).T.copy()

    if dim == 1:
        runs.append(("numba, lower envelope", 1, None, lambda: line(f)))
    else:
        runs += [("numba, lower envelope", k, None, lambda k=k: plane(k)) for k in (1, 2) if k <= numba.config.NUMBA_NUM_THREADS]
except ImportError:
    pass

serve(runs)
