/* W6, averages of a fast variable along a slow one: w6 SLOW INNER. */
#include "normals.h"

static const double gamma_ = 0.1, beta = 10, dt = 0.01, eta = 0.05;
static int slow, inner;
static uint64_t runs;
static double x[2];

static void descend(int unused) {
  const double spread = sqrt(dt / beta);
  Generator g = seeded(++runs);
  x[0] = 0.3, x[1] = 0.8;
  for (int k = 0; k < slow; k++) {
    double y0 = x[0], y1 = x[1], sum0 = 0, sum1 = 0;
    for (int l = 0; l < inner; l++) {
      const double s = 0.3 * sin(3 * y0 + y1), g0 = y0 * (y0 * y0 - 1) - 3 * s, g1 = y1 - s;
      y0 += -dt * (g0 + (y0 - x[0]) / gamma_) + spread * normal(&g);
      y1 += -dt * (g1 + (y1 - x[1]) / gamma_) + spread * normal(&g);
      sum0 += y0, sum1 += y1;
    }
    x[0] -= eta * (x[0] - sum0 / inner) / gamma_;
    x[1] -= eta * (x[1] - sum1 / inner) / gamma_;
  }
}

int main(int argc, char **argv) {
  slow = atoi(argv[1]), inner = atoi(argv[2]);
  prepare();
  const Contestant all[] = {{"C, ziggurat", NULL, 1, descend, 0, x, 2}};
  return serve(all, 1);
}
