#include "base/random.h"

#include <string.h>

#include "base/digest.h"

struct stream stream_make(uint64_t seed, uint32_t replication, const char *name, const char *purpose, uint32_t index) {
  uint64_t key = digest_u64(DIGEST_START, seed, replication);
  key = digest_bytes(key, name, strlen(name));
  key = digest_bytes(key, purpose, strlen(purpose));
  key = digest_u64(key, index, seed);
  return (struct stream){.key = key};
}

// One round: two 32 x 32 -> 64 products, then a swap of lanes.
#define ROUND(c, k0, k1)                                                          \
  do {                                                                            \
    uint64_t p0 = (uint64_t)0xD2511F53 * c[0], p1 = (uint64_t)0xCD9E8D57 * c[2];  \
    uint32_t d0 = (uint32_t)(p1 >> 32) ^ c[1] ^ (k0);                             \
    uint32_t d2 = (uint32_t)(p0 >> 32) ^ c[3] ^ (k1);                             \
    c[1] = (uint32_t)p1;                                                          \
    c[3] = (uint32_t)p0;                                                          \
    c[0] = d0;                                                                    \
    c[2] = d2;                                                                    \
  } while (0)

void philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
  uint32_t k0 = key[0], k1 = key[1];
  for (int i = 0; i < 10; i++) {
    ROUND(c, k0, k1);
    k0 += 0x9E3779B9;               // golden ratio
    k1 += 0xBB67AE85;               // sqrt(3) - 1
  }
  memcpy(out, c, sizeof c);
}

uint64_t stream_block(struct stream *s) {
  uint64_t block = (s->count - 1) / 2;
  uint32_t c[4] = {(uint32_t)block, (uint32_t)(block >> 32), 0, 0};
  uint32_t k[2] = {(uint32_t)s->key, (uint32_t)(s->key >> 32)}, out[4];
  philox4x32_10(c, k, out);
  s->spare = (uint64_t)out[3] << 32 | out[2];
  return (uint64_t)out[1] << 32 | out[0];
}
