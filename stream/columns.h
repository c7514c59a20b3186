// The columns of a picture as they travel: fixed-point numbers, little endian, one array each.
//
// Encoder and decoder share this table, so that a column cannot be written one way and read another.
// A keyframe carries every column whole; a delta carries, for each column, which rows changed (a bit
// set) and their new values. Both ends keep the last keyframe in this form: differences are of
// integers and never drift.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "columns travel as they lie in memory");

enum table_kind { TABLE_ROBOTS, TABLE_STATIONS, TABLE_PARTS, TABLES };

enum robot_column {                 // unit on the wire                               bytes a row
  ROBOT_COLUMN_ID,                  // uint32                                         4
  ROBOT_COLUMN_FLEET,               // uint8                                          1
  ROBOT_COLUMN_POS,                 // int32 x 2, mm                                  8
  ROBOT_COLUMN_CAUSE,               // uint8                                          1
  ROBOT_COLUMN_POSE,                // uint8                                          1
  ROBOT_COLUMN_HEADING,             // uint16, 1/65536 turn                           2
  ROBOT_COLUMN_SPEED,               // uint16, mm/s                                   2
  ROBOT_COLUMN_PHASE,               // uint8, 1/256 cycle                             1
  ROBOT_COLUMN_CHARGE,              // uint16, 1/65535                                2
  ROBOT_COLUMN_HELD,                // int16                                          2
  ROBOT_COLUMN_FROM,                // int16                                          2
  ROBOT_COLUMN_TO,                  // int16                                          2
  ROBOT_COLUMN_HAND,                // int8 x 4, cm from pos: left x y, right x y     4
  ROBOT_COLUMN_STEP,                // int32; left out of a keyframe when all are -1, as the next two are     4
  ROBOT_COLUMN_WAITS,               // int32, id                                      4
  ROBOT_COLUMN_KEPT,                // uint16 x 2, 2 cm; none: all bits set           4
  ROBOT_COLUMNS
};

enum station_column {
  STATION_COLUMN_CAUSE,             // uint8                                          1
  STATION_COLUMN_COUNT,             // uint16                                         2
  STATION_COLUMN_PROGRESS,          // uint16, 1/65535                                2
  STATION_COLUMN_MADE,              // int64                                          8
  STATION_COLUMNS
};

enum part_column {
  PART_COLUMN_ID,                   // uint32                                         4
  PART_COLUMN_TYPE,                 // uint8                                          1
  PART_COLUMN_POS,                  // int32 x 2, mm                                  8
  PART_COLUMNS
};

#define COLUMNS_MAX ROBOT_COLUMNS

struct column_kind { const char *key; int size; };            // size: bytes a row
struct table_shape { const char *key; int columns; struct column_kind column[COLUMNS_MAX]; };
extern const struct table_shape table_shape[TABLES];

// Columns that a keyframe may leave out; their rows are then all bits set (-1). Older recordings have none of them.
static inline bool column_optional(enum table_kind k, int c) { return k == TABLE_ROBOTS && c >= ROBOT_COLUMN_STEP; }

// Furthest position that is believed, mm from the origin.
#define POSITION_MAX 1000000000

// n rows of every column of one kind. Owned; grows by doubling, never shrinks.
struct table { int n, capacity; uint8_t *column[COLUMNS_MAX]; };

bool table_resize(struct table *t, enum table_kind k, int n);  // false: no memory, t as before
void table_copy(struct table *to, const struct table *from, enum table_kind k);  // to is large enough
void table_finish(struct table *t);

static inline int bits_size(int n) { return (n + 7) / 8; }
static inline bool bit_get(const uint8_t *bits, int i) { return bits[i >> 3] >> (i & 7) & 1; }
static inline void bit_set(uint8_t *bits, int i) { bits[i >> 3] = (uint8_t)(bits[i >> 3] | 1u << (i & 7)); }
