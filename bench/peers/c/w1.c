/* W1, viscous Hamilton–Jacobi: w1 DIM SIZE. Central differences with RKL2 (Meyer, Balsara & Aslam 2014), and Cole–Hopf by FFTW. */
#include "contestant.h"
#ifdef FFTW
#include <fftw3.h>
#endif

static const double beta = 20, T = 0.5;
static int dim, n;
static size_t size;
static double h, *f, *u, *rate, *firstRate, *y, *before;

static void rates(const double *restrict v, double *restrict r) {
  const double c = 1 / (2 * h), d = 1 / (2 * beta * h * h);
  if (dim == 1) {
    for (int i = 1; i < n - 1; i++) {
      const double g = (v[i + 1] - v[i - 1]) * c;
      r[i] = -0.5 * g * g + d * (v[i + 1] - 2 * v[i] + v[i - 1]);
    }
    for (int i = 0; i < n; i += n - 1) {
      const double up = v[(i + 1) % n], down = v[(i + n - 1) % n], g = (up - down) * c;
      r[i] = -0.5 * g * g + d * (up - 2 * v[i] + down);
    }
    return;
  }
#pragma omp parallel for schedule(static)
  for (int i = 0; i < n; i++) {
    const double *up = v + (size_t)((i + n - 1) % n) * n, *down = v + (size_t)((i + 1) % n) * n, *here = v + (size_t)i * n;
    double *to = r + (size_t)i * n;
    for (int j = 1; j < n - 1; j++) {
      const double gx = (down[j] - up[j]) * c, gy = (here[j + 1] - here[j - 1]) * c;
      to[j] = -0.5 * (gx * gx + gy * gy) + d * (down[j] + up[j] + here[j + 1] + here[j - 1] - 4 * here[j]);
    }
    for (int j = 0; j < n; j += n - 1) {
      const double right = here[(j + 1) % n], left = here[(j + n - 1) % n], gx = (down[j] - up[j]) * c, gy = (right - left) * c;
      to[j] = -0.5 * (gx * gx + gy * gy) + d * (down[j] + up[j] + right + left - 4 * here[j]);
    }
  }
}

static void rkl2(int steps) {
  const double dt = T / steps, stable = h * h * beta / dim;
  int s = ceil((sqrt(9 + 16 * dt / stable) - 1) / 2);
  s = s < 3 ? 3 : s | 1;
  const double w = 4.0 / (s * s + s - 2.0);
  double b[s + 1];
  for (int j = 0; j <= s; j++) b[j] = j < 3 ? 1.0 / 3 : (j * j + j - 2.0) / (2.0 * j * (j + 1.0));
  memcpy(u, f, size * sizeof(double));
  for (int step = 0; step < steps; step++) {
    double *a = before, *c = y;
    rates(u, firstRate);
    memcpy(a, u, size * sizeof(double));
    for (size_t i = 0; i < size; i++) c[i] = u[i] + b[1] * w * dt * firstRate[i];
    for (int j = 2; j <= s; j++) {
      const double mu = (2.0 * j - 1) / j * b[j] / b[j - 1], nu = -(j - 1.0) / j * b[j] / b[j - 2], m = mu * w * dt, g = -(1 - b[j - 1]) * m;
      rates(c, rate);
#pragma omp parallel for if (dim == 2) schedule(static)
      for (size_t i = 0; i < size; i++) a[i] = mu * c[i] + nu * a[i] + (1 - mu - nu) * u[i] + m * rate[i] + g * firstRate[i];
      double *swap = a;
      a = c, c = swap;
    }
    memcpy(u, c, size * sizeof(double));
  }
}

#ifdef FFTW
static fftw_complex *modes;
static fftw_plan forth[3], back[3];

static void colehopf(int threads) {
  const int half = n / 2 + 1;
#pragma omp parallel for schedule(static)
  for (size_t i = 0; i < size; i++) u[i] = exp(-beta * f[i]);
  fftw_execute(forth[threads]);
#pragma omp parallel for schedule(static)
  for (int i = 0; i < (dim == 1 ? 1 : n); i++) {
    const double row = i <= n / 2 ? i : i - n;
    for (int j = 0; j < half; j++) {
      const double damping = exp(-T / (2 * beta) * ((dim == 1 ? 0 : row * row) + (double)j * j)) / size;
      modes[(size_t)i * half + j][0] *= damping;
      modes[(size_t)i * half + j][1] *= damping;
    }
  }
  fftw_execute(back[threads]);
#pragma omp parallel for schedule(static)
  for (size_t i = 0; i < size; i++) u[i] = -log(u[i]) / beta;
}
#endif

int main(int argc, char **argv) {
  dim = atoi(argv[1]), n = atoi(argv[2]);
  size = dim == 1 ? n : (size_t)n * n;
  h = 2 * M_PI / n;
  f = numbers(size), u = numbers(size), rate = numbers(size), firstRate = numbers(size), y = numbers(size), before = numbers(size);
  Contestant all[9];
  int count = 0;
  const char *name = "C, central differences, RKL2";
  const int steps[] = {4, 16, 64};
  static char settings[3][16];
  for (int k = 0; k < 3; k++) {
    sprintf(settings[k], "%d steps", steps[k]);
    for (int threads = 1; threads <= dim; threads++) all[count++] = (Contestant){name, settings[k], threads, rkl2, steps[k], u, size};
  }
#ifdef FFTW
  modes = fftw_alloc_complex(size);
  fftw_init_threads();
  for (int threads = 1; threads <= dim; threads++) {
    fftw_plan_with_nthreads(threads);
    forth[threads] = dim == 1 ? fftw_plan_dft_r2c_1d(n, u, modes, FFTW_MEASURE) : fftw_plan_dft_r2c_2d(n, n, u, modes, FFTW_MEASURE);
    back[threads] = dim == 1 ? fftw_plan_dft_c2r_1d(n, modes, u, FFTW_MEASURE) : fftw_plan_dft_c2r_2d(n, n, modes, u, FFTW_MEASURE);
    all[count++] = (Contestant){"C with FFTW, Cole–Hopf", NULL, threads, colehopf, threads, u, size};
  }
#endif
  for (size_t k = 0; k < size; k++) {
    const double x = (dim == 1 ? k : k / n) * h, z = k % n * h;
    f[k] = dim == 1 ? 0.4 * cos(x) + 0.2 * cos(3 * x + 0.5) : 0.3 * cos(x) + 0.2 * cos(2 * z) + 0.15 * cos(x + 3 * z);
  }
  return serve(all, count);
}
