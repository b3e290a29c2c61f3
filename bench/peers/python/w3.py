"""W3, Fokker–Planck: exponentially fitted finite volumes and Crank–Nicolson steps with SciPy's sparse LU."""
import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as sl

from contestant import parameters, serve

diffusion, half, T = 0.25, 3.0, 5.0
given = parameters()
dim, n = given["dim"], given["size"]
h = 2 * half / n
x = -half + (np.arange(n) + 0.5) * h


def bernoulli(z):
    safe = np.where(abs(z) < 1e-6, 1, z)
    return np.where(abs(z) < 1e-6, 1 - z / 2, safe / np.expm1(safe))


def generator(f):
    z = np.diff(f) / diffusion
    forth, back = diffusion / h**2 * bernoulli(z), diffusion / h**2 * bernoulli(-z)
    diagonal = np.zeros(n)
    diagonal[:-1] -= forth
    diagonal[1:] -= back
    return sp.diags([forth, diagonal, back], [-1, 0, 1])


def normal(mean):
    return np.exp(-((x - mean) ** 2) / 0.18) / np.sqrt(2 * np.pi * 0.09)


one = sp.identity(n)
well, parabola = generator((x * x - 1) ** 2 / 4), generator(x * x / 2)
initial = normal(0.5) if dim == 1 else np.outer(normal(0.5), normal(0.8)).ravel()


def crank_nicolson(steps):
    a = (well if dim == 1 else sp.kron(well, one) + sp.kron(one, parabola)).tocsc()
    dt = T / steps
    eye = sp.identity(a.shape[0], format="csc")
    lu = sl.splu(eye - dt / 2 * a)
    explicit = (eye + dt / 2 * a).tocsr()
    p = initial.copy()
    for _ in range(steps):
        p = lu.solve(explicit @ p)
    return p


serve([("SciPy, sparse LU, Crank–Nicolson", 1, f"{k} steps", lambda k=k: crank_nicolson(k)) for k in ((400, 1600) if dim == 1 else (200,))])
