/* W2, Hopf–Lax on a grid: w2 DIM SIZE. The lower envelope of parabolas (Felzenszwalb & Huttenlocher 2012), axis by axis. */
#include "contestant.h"

static const double t = 0.1;
enum { block = 16 };
static int n;
static double curvature, *f, *u, *rows;

typedef struct {
  int *owner;
  double *start, *in, *out;
} Room;

static Room room(void) {
  return (Room){malloc(n * sizeof(int)), numbers(n + 1), numbers((size_t)block * n), numbers((size_t)block * n)};
}

static void leave(Room r) {
  free(r.owner), free(r.start), free(r.in), free(r.out);
}

/* u_i = min_j f_j + curvature (i − j)². */
static void envelope(const double *restrict from, double *restrict to, Room r) {
  int *restrict owner = r.owner;
  double *restrict start = r.start;
  const double half = 0.5 / curvature;
  int last = 0;
  owner[0] = 0;
  start[0] = -1e300;
  for (int q = 1; q < n; q++) {
    const double height = from[q] + curvature * (double)q * q;
    double s;
    for (;; last--) {
      const int p = owner[last];
      s = (height - (from[p] + curvature * (double)p * p)) * half / (q - p);
      if (s > start[last]) break;
    }
    owner[++last] = q;
    start[last] = s;
  }
  start[last + 1] = 1e300;
  for (int q = 0, piece = 0; q < n; q++) {
    while (start[piece + 1] < q) piece++;
    const double d = q - owner[piece];
    to[q] = from[owner[piece]] + curvature * d * d;
  }
}

static void line(int unused) {
  Room r = room();
  envelope(f, u, r);
  leave(r);
}

static void plane(int threads) {
#pragma omp parallel num_threads(threads)
  {
    Room r = room();
#pragma omp for schedule(static)
    for (int i = 0; i < n; i++) envelope(f + (size_t)i * n, rows + (size_t)i * n, r);
#pragma omp for schedule(static)
    for (int first = 0; first < n; first += block) {
      const int width = first + block < n ? block : n - first;
      for (int i = 0; i < n; i++)
        for (int c = 0; c < width; c++) r.in[(size_t)c * n + i] = rows[(size_t)i * n + first + c];
      for (int c = 0; c < width; c++) envelope(r.in + (size_t)c * n, r.out + (size_t)c * n, r);
      for (int i = 0; i < n; i++)
        for (int c = 0; c < width; c++) u[(size_t)i * n + first + c] = r.out[(size_t)c * n + i];
    }
    leave(r);
  }
}

int main(int argc, char **argv) {
  const int dim = atoi(argv[1]);
  n = atoi(argv[2]);
  const double h = 4.0 / (n - 1);
  const size_t size = dim == 1 ? n : (size_t)n * n;
  curvature = h * h / (2 * t);
  f = numbers(size), u = numbers(size), rows = numbers(size);
  for (int i = 0; i < n; i++) {
    const double x = -2 + i * h;
    if (dim == 1) f[i] = pow(x * x - 1, 2) + 0.3 * cos(20 * x);
    for (int j = 0; dim == 2 && j < n; j++) {
      const double y = -2 + j * h;
      f[(size_t)i * n + j] = pow(x * x - 1, 2) + y * y / 2 + 0.2 * cos(15 * x + 7 * y) + 0.2 * cos(11 * y);
    }
  }
  const Contestant one[] = {{"C, lower envelope", NULL, 1, line, 0, u, size}};
  const Contestant two[] = {{"C, lower envelope", NULL, 1, plane, 1, u, size}, {"C, lower envelope", NULL, 2, plane, 2, u, size}};
  return dim == 1 ? serve(one, 1) : serve(two, 2);
}
