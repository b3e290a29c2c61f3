/* xoshiro256++ (Blackman & Vigna 2021) and the ziggurat with 256 layers (Marsaglia & Tsang 2000, as in Doornik 2005). */
#include "contestant.h"
#include <stdint.h>

typedef struct {
  uint64_t s[4];
} Generator;

static inline uint64_t rotated(uint64_t v, int k) { return v << k | v >> (64 - k); }

static inline uint64_t next(Generator *g) {
  uint64_t *s = g->s;
  const uint64_t out = rotated(s[0] + s[3], 23) + s[0], t = s[1] << 17;
  s[2] ^= s[0], s[3] ^= s[1], s[1] ^= s[2], s[0] ^= s[3], s[2] ^= t;
  s[3] = rotated(s[3], 45);
  return out;
}

static Generator seeded(uint64_t seed) {
  Generator g;
  for (int k = 0; k < 4; k++) {
    seed += 0x9e3779b97f4a7c15ull;
    uint64_t z = seed;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    g.s[k] = z ^ z >> 31;
  }
  return g;
}

static const double tail = 3.6541528853610088, area = 0.00492867323399;
static double edge[257], ratio[256];

static void prepare(void) {
  double f = exp(-tail * tail / 2);
  edge[0] = area / f;
  edge[1] = tail;
  for (int i = 2; i < 256; i++) {
    edge[i] = sqrt(-2 * log(area / edge[i - 1] + f));
    f = exp(-edge[i] * edge[i] / 2);
  }
  for (int i = 0; i < 256; i++) ratio[i] = edge[i + 1] / edge[i];
}

static inline double uniform(Generator *g) { return ((next(g) >> 11) + 1) * 0x1p-53; }

static double __attribute__((noinline)) rareNormal(Generator *g, double u, int i) {
  for (;;) {
    if (fabs(u) < ratio[i]) return u * edge[i];
    if (i == 0) {
      double x, y;
      do {
        x = -log(uniform(g)) / tail;
        y = -log(uniform(g));
      } while (2 * y < x * x);
      return u < 0 ? -(tail + x) : tail + x;
    }
    const double x = u * edge[i];
    const double f0 = exp(-(edge[i] * edge[i] - x * x) / 2), f1 = exp(-(edge[i + 1] * edge[i + 1] - x * x) / 2);
    if (f1 + uniform(g) * (f0 - f1) < 1) return x;
    const uint64_t bits = next(g);
    i = bits & 255;
    u = (int64_t)(bits & ~2047ull) * 0x1p-63;
  }
}

static inline double normal(Generator *g) {
  const uint64_t bits = next(g);
  const int i = bits & 255;
  const double u = (int64_t)(bits & ~2047ull) * 0x1p-63;
  return fabs(u) < ratio[i] ? u * edge[i] : rareNormal(g, u, i);
}
