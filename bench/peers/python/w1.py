"""W1, viscous Hamilton–Jacobi: Cole–Hopf by SciPy's FFT, a pseudo-spectral integrating factor with RK4 in NumPy, SciPy's BDF in 1-D."""
import numpy as np
import scipy.fft as sf
import scipy.sparse as sp
from scipy.integrate import solve_ivp

from contestant import parameters, serve

beta, T = 20.0, 0.5
given = parameters()
dim, n = given["dim"], given["size"]
h = 2 * np.pi / n
x = np.arange(n) * h
if dim == 1:
    f = 0.4 * np.cos(x) + 0.2 * np.cos(3 * x + 0.5)
    wave = [np.arange(n // 2 + 1.0)]
else:
    a, b = x[:, None], x[None, :]
    f = 0.3 * np.cos(a) + 0.2 * np.cos(2 * b) + 0.15 * np.cos(a + 3 * b)
    wave = [sf.fftfreq(n, 1 / n)[:, None], np.arange(n // 2 + 1.0)[None, :]]
square = sum(k * k for k in wave)


def forth(v, workers=1):
    return sf.rfftn(v, workers=workers)


def back(v, workers=1):
    return sf.irfftn(v, f.shape, workers=workers)


def colehopf(workers):
    return -np.log(back(forth(np.exp(-beta * f), workers) * np.exp(-T / (2 * beta) * square), workers)) / beta


def spectral(steps):
    dt = T / steps
    half = np.exp(-square * dt / (4 * beta))
    whole = half * half

    def rate(v):
        return -0.5 * forth(sum(back(1j * k * v) ** 2 for k in wave))

    v = forth(f)
    for _ in range(steps):
        k1 = rate(v)
        k2 = rate(half * (v + dt / 2 * k1))
        k3 = rate(half * v + dt / 2 * k2)
        k4 = rate(whole * v + dt * half * k3)
        v = whole * v + dt / 6 * (whole * k1 + 2 * half * (k2 + k3) + k4)
    return back(v)


def bdf():
    pattern = sp.diags([1.0] * 5, [-n + 1, -1, 0, 1, n - 1], shape=(n, n), format="csc")

    def rate(_, v):
        up, down = np.roll(v, -1), np.roll(v, 1)
        g = (up - down) / (2 * h)
        return -0.5 * g * g + (up - 2 * v + down) / (2 * beta * h * h)

    return solve_ivp(rate, (0, T), f, method="BDF", rtol=1e-5, atol=1e-7, jac_sparsity=pattern).y[:, -1]


runs = [("SciPy FFT, Cole–Hopf", workers, None, lambda workers=workers: colehopf(workers)) for workers in range(1, dim + 1)]
runs += [("NumPy, pseudo-spectral, RK4", 1, f"{steps} steps", lambda steps=steps: spectral(steps)) for steps in ((50, 200) if dim == 1 else (20,))]
if dim == 1:
    runs.append(("SciPy BDF, central differences", 1, None, bdf))
serve(runs)
