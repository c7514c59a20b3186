// Typed handles of rows that are used again: the row and how many times it was given out, in one number.
//
//   ID_TYPE(part_id, 22)    part_id_of(row, generation), part_id_row(id), part_id_same(a, b), part_id_null(id)
//
// Rows are 1 .. 2^bits - 1, so that {0} is null. A handle kept from an earlier use of its row differs from the new one, until the
// generation comes round after 2^(32 - bits) uses. As a type of its own a part cannot be passed as a robot.
#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#define ID_TYPE(name, row_bits)                                                              \
  typedef struct { uint32_t bits; } name;                                                    \
  enum { name##_rows = 1 << (row_bits) };                                                    \
  static inline name name##_of(uint32_t row, uint32_t generation) {                          \
    assert(row > 0);                                                                         \
    assert(row < (uint32_t)name##_rows);                                                     \
    return (name){generation << (row_bits) | row};                                           \
  }                                                                                          \
  static inline uint32_t name##_row(name id) { return id.bits & ((uint32_t)name##_rows - 1); } \
  static inline bool name##_same(name a, name b) { return a.bits == b.bits; }                \
  static inline bool name##_null(name id) { return id.bits == 0; }
