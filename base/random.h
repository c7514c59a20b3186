// Counter-based random streams: Philox4x32-10 (Salmon et al., SC11, "Parallel random numbers: as
// easy as 1, 2, 3").
//
// A stream is a key made from (seed, replication, entity name, purpose) and a count. It holds no
// hidden state, so an added station changes no one else's draws, and two variants of a layout see
// the same breakdowns. Draw n of a stream is a pure function of (key, n).
#pragma once

#include <stdint.h>

struct stream {
  uint64_t key;                     // from seed, replication, name and purpose
  uint64_t count;                   // draws taken so far
  uint64_t spare;                   // second half of the block that count/2 names
};

// purpose is a short fixed word: "time", "up", "down", "every", "scrap" ...; index tells copies
// apart (the server of a station), 0 else.
struct stream stream_make(uint64_t seed, uint32_t replication, const char *name, const char *purpose, uint32_t index);

// The block of the draw that was just counted: its first half, the second goes to spare.
uint64_t stream_block(struct stream *s);

static inline uint64_t stream_u64(struct stream *s) {
  return s->count++ & 1 ? s->spare : stream_block(s);
}

// Uniform in the open interval (0, 1): (top 52 bits + 1/2) 2^-52.
static inline double stream_unit(struct stream *s) {
  return ((double)(stream_u64(s) >> 12) + 0.5) * 0x1p-52;
}

// The raw block function, for tests against the published vectors.
void philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);
