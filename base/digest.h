// Digest of a run: a 64-bit hash chain over everything that happened, in order.
//
// Each step multiplies 64 x 64 -> 128 and folds, so a change of any bit in any word changes what
// follows. It guards sameness; it is no defence against someone who wants a collision.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define DIGEST_START UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t digest_u64(uint64_t chain, uint64_t a, uint64_t b) {
  unsigned __int128 m = (unsigned __int128)(chain ^ a ^ UINT64_C(0xA0761D6478BD642F)) *
                        (b ^ UINT64_C(0xE7037ED1A0B428DB));
  return (uint64_t)m ^ (uint64_t)(m >> 64) ^ (chain << 1 | chain >> 63);
}

uint64_t digest_bytes(uint64_t chain, const void *bytes, size_t size);

// 16 hex digits and an end mark.
void digest_text(uint64_t digest, char out[17]);
