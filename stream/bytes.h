// Fields of fixed size in a row, as they lie in memory (little endian, which stream/columns.h asserts): bins of bodies, limbs and ways.
// The caller has checked that there is room.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint8_t *put(uint8_t *to, const void *from, size_t size) {
  memcpy(to, from, size);
  return to + size;
}

static inline const uint8_t *take(void *to, const uint8_t *from, size_t size) {
  memcpy(to, from, size);
  return from + size;
}
