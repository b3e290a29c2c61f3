/* A C program as a contestant, see engine/contestants.mjs. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
  const char *name, *setting;
  int threads;
  void (*run)(int argument);
  int argument;
  double *result;
  size_t size;
} Contestant;

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

static double *numbers(size_t n) {
  double *p = aligned_alloc(64, (n * sizeof(double) + 63) / 64 * 64);
  memset(p, 0, n * sizeof(double));
  return p;
}

static int serve(const Contestant *all, int count) {
  printf("[");
  for (int i = 0; i < count; i++) {
    printf("%s{\"name\":\"%s\",\"threads\":%d", i ? "," : "", all[i].name, all[i].threads);
    if (all[i].setting) printf(",\"setting\":\"%s\"", all[i].setting);
    printf("}");
  }
  printf("]\n");
  fflush(stdout);
  char command[16], argument[1024];
  int index;
  while (scanf("%15s %d %1023s", command, &index, argument) == 3) {
    const Contestant *one = all + index;
    if (strcmp(command, "run") == 0) {
      int repetitions = atoi(argument);
      double start = seconds();
      omp_set_num_threads(one->threads);
      for (int r = 0; r < repetitions; r++) one->run(one->argument);
      printf("{\"seconds\":%.9g}\n", (seconds() - start) / repetitions);
    } else {
      FILE *file = fopen(argument, "wb");
      fwrite(one->result, sizeof(double), one->size, file);
      fclose(file);
      printf("{}\n");
    }
    fflush(stdout);
  }
  return 0;
}
