"""W6, averages of a fast variable along a slow one, in numba."""
import numba
import numpy as np

from contestant import parameters, serve

gamma, beta, dt, eta = 0.1, 10.0, 0.01, 0.05
spread = np.sqrt(dt / beta)


@numba.njit(fastmath=True)
def descend(slow, inner):
    x0, x1 = 0.3, 0.8
    for _ in range(slow):
        y0, y1, sum0, sum1 = x0, x1, 0.0, 0.0
        for _ in range(inner):
            s = 0.3 * np.sin(3 * y0 + y1)
            g0, g1 = y0 * (y0 * y0 - 1) - 3 * s, y1 - s
            y0 += -dt * (g0 + (y0 - x0) / gamma) + spread * np.random.standard_normal()
            y1 += -dt * (g1 + (y1 - x1) / gamma) + spread * np.random.standard_normal()
            sum0 += y0
            sum1 += y1
        x0 -= eta * (x0 - sum0 / inner) / gamma
        x1 -= eta * (x1 - sum1 / inner) / gamma
    return np.array([x0, x1])


given = parameters()
serve([("numba", 1, None, lambda: descend(given["slow"], given["inner"]))])
