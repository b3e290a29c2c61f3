/* W3, Fokker–Planck: w3 DIM SIZE. Exponentially fitted finite volumes (Scharfetter & Gummel 1969), TR-BDF2 steps, in the plane split after Strang. */
#include "contestant.h"

static const double diffusion = 0.25, half = 3, T = 5;
enum { lanes = 8 };
static int n;
static double *initial, *p;

/* The generator's diagonals, and the factors of 1 − dt A. */
typedef struct {
  double *below, *diagonal, *above, *l, *inverse, *c, dt;
} Tridiagonal;

static double bernoulli(double z) { return fabs(z) < 1e-5 ? 1 - z / 2 + z * z / 12 : z / expm1(z); }
static double well(double x) { return pow(x * x - 1, 2) / 4; }
static double parabola(double y) { return y * y / 2; }

static Tridiagonal factored(double (*f)(double), double dt) {
  Tridiagonal a = {numbers(n), numbers(n), numbers(n), numbers(n), numbers(n), numbers(n), dt};
  const double h = 2 * half / n, scale = diffusion / (h * h);
  for (int i = 0; i + 1 < n; i++) {
    const double x = -half + (i + 0.5) * h, z = (f(x + h) - f(x)) / diffusion;
    const double forth = scale * bernoulli(z), back = scale * bernoulli(-z);
    a.diagonal[i] -= forth, a.above[i] += back, a.below[i + 1] += forth, a.diagonal[i + 1] -= back;
  }
  for (int i = 0; i < n; i++) {
    a.c[i] = -dt * a.above[i];
    if (i > 0) a.l[i] = -dt * a.below[i] * a.inverse[i - 1];
    a.inverse[i] = 1 / (1 - dt * a.diagonal[i] - (i > 0 ? a.l[i] * a.c[i - 1] : 0));
  }
  return a;
}

static void discard(Tridiagonal a) { free(a.below), free(a.diagonal), free(a.above), free(a.l), free(a.inverse), free(a.c); }

static void solve(const Tridiagonal *restrict a, double *restrict x) {
  for (int i = 1; i < n; i++) x[i] -= a->l[i] * x[i - 1];
  x[n - 1] *= a->inverse[n - 1];
  for (int i = n - 2; i >= 0; i--) x[i] = (x[i] - a->c[i] * x[i + 1]) * a->inverse[i];
}

/* A step of 2 dt/γ, γ = 2 − √2: the trapezoidal rule to γ of the step, then BDF2; both solve with the same matrix. */
static void step(const Tridiagonal *restrict a, double *restrict x, double *restrict q) {
  const double g = 2 - sqrt(2), c1 = 1 / (g * (2 - g)), c2 = (1 - g) * (1 - g) * c1;
  for (int i = 0; i < n; i++) {
    double rate = a->diagonal[i] * x[i];
    if (i > 0) rate += a->below[i] * x[i - 1];
    if (i + 1 < n) rate += a->above[i] * x[i + 1];
    q[i] = x[i] + a->dt * rate;
  }
  solve(a, q);
  for (int i = 0; i < n; i++) x[i] = c1 * q[i] - c2 * x[i];
  solve(a, x);
}

/* The same for columns `lanes` abreast. */
static void solveAbreast(const Tridiagonal *restrict a, double *restrict x) {
  for (int i = 1; i < n; i++)
    for (int c = 0; c < lanes; c++) x[i * lanes + c] -= a->l[i] * x[(i - 1) * lanes + c];
  for (int c = 0; c < lanes; c++) x[(n - 1) * lanes + c] *= a->inverse[n - 1];
  for (int i = n - 2; i >= 0; i--)
    for (int c = 0; c < lanes; c++) x[i * lanes + c] = (x[i * lanes + c] - a->c[i] * x[(i + 1) * lanes + c]) * a->inverse[i];
}

static void stepAbreast(const Tridiagonal *restrict a, double *restrict x, double *restrict q) {
  const double g = 2 - sqrt(2), c1 = 1 / (g * (2 - g)), c2 = (1 - g) * (1 - g) * c1;
  for (int i = 0; i < n; i++)
    for (int c = 0; c < lanes; c++) {
      double rate = a->diagonal[i] * x[i * lanes + c];
      if (i > 0) rate += a->below[i] * x[(i - 1) * lanes + c];
      if (i + 1 < n) rate += a->above[i] * x[(i + 1) * lanes + c];
      q[i * lanes + c] = x[i * lanes + c] + a->dt * rate;
    }
  solveAbreast(a, q);
  for (int i = 0; i < lanes * n; i++) x[i] = c1 * q[i] - c2 * x[i];
  solveAbreast(a, x);
}

static const double share = 0.29289321881345254; /* γ/2 */

static void line(int steps) {
  Tridiagonal a = factored(well, share * T / steps);
  double *q = numbers(n);
  memcpy(p, initial, n * sizeof(double));
  for (int k = 0; k < steps; k++) step(&a, p, q);
  free(q);
  discard(a);
}

static void plane(int steps) {
  Tridiagonal ax = factored(well, share * T / steps), ay = factored(parabola, share * T / steps / 2);
  memcpy(p, initial, (size_t)n * n * sizeof(double));
#pragma omp parallel
  {
    double *x = numbers(lanes * n), *q = numbers(lanes * n);
    for (int k = 0; k < 3 * steps; k++) {
      if (k % 3 == 1) {
#pragma omp for schedule(static)
        for (int first = 0; first < n; first += lanes) {
          for (int i = 0; i < n; i++) memcpy(x + i * lanes, p + (size_t)i * n + first, lanes * sizeof(double));
          stepAbreast(&ax, x, q);
          for (int i = 0; i < n; i++) memcpy(p + (size_t)i * n + first, x + i * lanes, lanes * sizeof(double));
        }
      } else {
#pragma omp for schedule(static)
        for (int i = 0; i < n; i++) step(&ay, p + (size_t)i * n, q);
      }
    }
    free(x), free(q);
  }
  discard(ax), discard(ay);
}

static double normal(double x, double mean) { return exp(-pow(x - mean, 2) / (2 * 0.09)) / sqrt(2 * M_PI * 0.09); }

int main(int argc, char **argv) {
  const int dim = atoi(argv[1]);
  n = atoi(argv[2]);
  const size_t size = dim == 1 ? n : (size_t)n * n;
  const double h = 2 * half / n;
  initial = numbers(size), p = numbers(size);
  for (size_t k = 0; k < size; k++) {
    const double last = -half + (k % n + 0.5) * h, first = -half + (k / n + 0.5) * h;
    initial[k] = dim == 1 ? normal(last, 0.5) : normal(first, 0.5) * normal(last, 0.8);
  }
  const char *name = "C, Scharfetter–Gummel, TR-BDF2";
  const Contestant one[] = {
      {name, "100 steps", 1, line, 100, p, size}, {name, "400 steps", 1, line, 400, p, size}, {name, "1600 steps", 1, line, 1600, p, size}};
  const Contestant two[] = {
      {name, "50 steps", 1, plane, 50, p, size}, {name, "200 steps", 1, plane, 200, p, size}, {name, "50 steps", 2, plane, 50, p, size}, {name, "200 steps", 2, plane, 200, p, size}};
  return dim == 1 ? serve(one, 3) : serve(two, 4);
}
