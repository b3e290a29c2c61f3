/* W5, a complex Fourier transform in the plane by FFTW: w5 SIZE. */
#include "contestant.h"
#include <fftw3.h>

static fftw_plan plans[3];
static fftw_complex *from, *to;

static void transform(int threads) { fftw_execute(plans[threads]); }

int main(int argc, char **argv) {
  const int n = atoi(argv[1]);
  const size_t size = (size_t)n * n;
  from = fftw_alloc_complex(size), to = fftw_alloc_complex(size);
  fftw_init_threads();
  for (int threads = 1; threads <= 2; threads++) {
    fftw_plan_with_nthreads(threads);
    plans[threads] = fftw_plan_dft_2d(n, n, from, to, FFTW_FORWARD, FFTW_MEASURE);
  }
  for (size_t k = 0; k < size; k++) from[k][0] = sin(0.1 * k), from[k][1] = cos(0.37 * k);
  const Contestant all[] = {
      {"C with FFTW", NULL, 1, transform, 1, (double *)to, 2 * size}, {"C with FFTW", NULL, 2, transform, 2, (double *)to, 2 * size}};
  return serve(all, 2);
}
