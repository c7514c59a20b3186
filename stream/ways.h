// Where robots are going, as it travels: of each the points before it, in one bin.
//
// A record for each robot that is told of, rows rising, little endian:
//   gap u16     rows passed over since the last record (65535: that many, and no record here)
//   kind u8     number of points, at most WAY_POINTS_MAX; plus
//               128: they are the last ones of the way in the keyframe, and nothing follows
//               64:  all are int32 x, y in mm; else only the last is, those before are int16 x, y in cm from the one behind them
// A keyframe tells of all who walk, a delta of those whose way is another one than in its keyframe (no points: it walks no more).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WAY_POINTS_MAX 16

struct frame_way { uint8_t points; int32_t at[WAY_POINTS_MAX][2]; };   // mm

// Most bytes of one record, gaps over n rows excepted: WAY_BYTES_MAX * n + 8 is room for n.
#define WAY_BYTES_MAX (3 + 8 * WAY_POINTS_MAX)

// The records of n rows that differ from base (NULL: that have points); returns the bytes, 0: none. Ways come out of the reader within 5 mm, their
// ends within 0.5 mm.
size_t ways_write(const struct frame_way *w, const struct frame_way *base, int n, uint8_t *out);
// Into the rows of w, which hold the base. False: not whole records of rows below n, or a point that is too far; then w is spoilt.
bool   ways_read(struct frame_way *w, int n, const uint8_t *data, size_t size);
