"""W5, a complex Fourier transform in the plane, in NumPy and SciPy."""
import numpy as np

from contestant import parameters, serve

n = parameters()["size"]
k = np.arange(n * n)
values = (np.sin(0.1 * k) + 1j * np.cos(0.37 * k)).reshape(n, n)
runs = [("NumPy", 1, None, lambda: np.fft.fft2(values))]

try:
    import scipy.fft as sf

    runs += [("SciPy", workers, None, lambda workers=workers: sf.fft2(values, workers=workers)) for workers in (1, 2)]
except ImportError:
    pass

serve(runs)
