/* W4, Euler–Maruyama in a double well: w4 PATHS STEPS. xoshiro256++ (Blackman & Vigna 2021) with the ziggurat (Marsaglia & Tsang 2000; Doornik 2005). */
#include "normals.h"

static const double dt = 0.005, beta = 2;
enum { block = 1000 };
static int paths, steps;
static uint64_t runs;
static double *x, moments[2];

static void simulate(int unused) {
  const double spread = sqrt(dt / beta);
  double second = 0, fourth = 0;
  runs++;
#pragma omp parallel for schedule(static) reduction(+ : second, fourth)
  for (int first = 0; first < paths; first += block) {
    Generator g = seeded(runs << 32 | first);
    const int count = first + block < paths ? block : paths - first;
    double *restrict y = x + first;
    for (int i = 0; i < count; i++) y[i] = 0.5;
    for (int k = 0; k < steps; k++)
      for (int i = 0; i < count; i++) y[i] += -dt * y[i] * (y[i] * y[i] - 1) + spread * normal(&g);
    for (int i = 0; i < count; i++) second += y[i] * y[i], fourth += y[i] * y[i] * y[i] * y[i];
  }
  moments[0] = second / paths;
  moments[1] = fourth / paths;
}

int main(int argc, char **argv) {
  paths = atoi(argv[1]), steps = atoi(argv[2]);
  x = numbers(paths);
  prepare();
  const Contestant all[] = {{"C, ziggurat", NULL, 1, simulate, 0, moments, 2}, {"C, ziggurat", NULL, 2, simulate, 0, moments, 2}};
  return serve(all, 2);
}
