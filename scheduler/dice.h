// Small fast random numbers for searches: xorshift64* (Vigna 2016), seeded from a counter-based stream.
//
// A search throws the dice millions of times a second and its result depends on the seed alone; the twin's own
// draws use base/random.h.
#pragma once

#include <stdint.h>

struct dice { uint64_t state; };    // never 0

static inline struct dice dice_make(uint64_t key) { return (struct dice){key ? key : UINT64_C(0x9E3779B97F4A7C15)}; }

static inline uint32_t dice_u32(struct dice *d) {
  uint64_t x = d->state;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  d->state = x;
  return (uint32_t)((x * UINT64_C(0x2545F4914F6CDD1D)) >> 32);
}

// Uniform in 0 ... n - 1 but for a bias of n / 2^32 (Lemire 2019 without rejection).
static inline uint32_t dice_below(struct dice *d, uint32_t n) { return (uint32_t)((uint64_t)dice_u32(d) * n >> 32); }
