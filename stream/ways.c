#include "stream/ways.h"

#include <string.h>

#include "stream/bytes.h"
#include "stream/columns.h"

#define TAIL  128                   // the last points of the way in the keyframe
#define WHOLE 64                    // every point whole
#define SKIP  65535                 // a gap without a record

static bool same(const struct frame_way *a, const struct frame_way *b) { return a->points == b->points && memcmp(a->at, b->at, 8 * (size_t)a->points) == 0; }

// w is what is left of b.
static bool is_tail(const struct frame_way *w, const struct frame_way *b) {
  return w->points > 0 && w->points < b->points && memcmp(w->at, b->at + (b->points - w->points), 8 * (size_t)w->points) == 0;
}

// To each point from where the reader will have the one behind it, in cm; false: too far for that.
static bool differences(const struct frame_way *w, int16_t out[WAY_POINTS_MAX][2]) {
  for (int a = 0; a < 2; a++) {
    int64_t there = w->at[w->points - 1][a];
    for (int k = w->points - 2; k >= 0; k--) {
      int64_t mm = w->at[k][a] - there, cm = (mm + (mm < 0 ? -5 : 5)) / 10;
      if (cm < -32767 || cm > 32767) return false;
      out[k][a] = (int16_t)cm;
      there += 10 * cm;
    }
  }
  return true;
}

static uint8_t *put_points(uint8_t *out, const struct frame_way *w) {
  int16_t step[WAY_POINTS_MAX][2];
  uint8_t *kind = out++;
  *kind = w->points;
  if (w->points == 0) return out;
  if (!differences(w, step)) {
    *kind |= WHOLE;
    return put(out, w->at, 8 * (size_t)w->points);
  }
  out = put(out, step, 4 * (size_t)(w->points - 1));
  return put(out, w->at[w->points - 1], 8);
}

size_t ways_write(const struct frame_way *w, const struct frame_way *base, int n, uint8_t *out) {
  uint8_t *at = out;
  int next = 0;
  for (int i = 0; i < n; i++) {
    if (base ? same(&w[i], &base[i]) : w[i].points == 0) continue;
    for (; i - next >= SKIP; next += SKIP) at = put(at, &(uint16_t){SKIP}, 2);
    at = put(at, &(uint16_t){(uint16_t)(i - next)}, 2);
    if (base && is_tail(&w[i], &base[i])) *at++ = TAIL | w[i].points;
    else at = put_points(at, &w[i]);
    next = i + 1;
  }
  return (size_t)(at - out);
}

static bool near_enough(const int32_t p[2]) {
  return p[0] >= -POSITION_MAX && p[0] <= POSITION_MAX && p[1] >= -POSITION_MAX && p[1] <= POSITION_MAX;
}

// The points behind a kind; returns the bytes, 0: they are not all there, or too far.
static size_t take_points(struct frame_way *w, unsigned kind, const uint8_t *data, size_t size) {
  unsigned n = kind & ~(unsigned)WHOLE;
  size_t   want = kind & WHOLE ? 8 * n : n ? 4 * n + 4 : 0;
  if (n > WAY_POINTS_MAX || size < want) return SIZE_MAX;
  w->points = (uint8_t)n;
  if (kind & WHOLE) memcpy(w->at, data, want);
  else if (n) {
    int16_t step[WAY_POINTS_MAX][2];
    memcpy(step, data, 4 * (n - 1));
    memcpy(w->at[n - 1], data + 4 * (n - 1), 8);
    if (!near_enough(w->at[n - 1])) return SIZE_MAX;
    for (unsigned k = n - 1; k-- > 0;)
      for (int a = 0; a < 2; a++) w->at[k][a] = w->at[k + 1][a] + 10 * (int32_t)step[k][a];
  }
  for (unsigned k = 0; k < n; k++)
    if (!near_enough(w->at[k])) return SIZE_MAX;
  return want;
}

bool ways_read(struct frame_way *w, int n, const uint8_t *data, size_t size) {
  int64_t row = 0;
  while (size > 0) {
    uint16_t gap;
    if (size < 2) return false;
    memcpy(&gap, data, 2);
    data += 2, size -= 2;
    row += gap;
    if (gap == SKIP) continue;
    if (size < 1 || row >= n) return false;
    unsigned kind = data[0];
    data++, size--;
    struct frame_way *to = &w[row++];
    if (kind & TAIL) {
      unsigned keep = kind & ~(unsigned)TAIL;
      if (keep == 0 || keep > to->points) return false;
      memmove(to->at, to->at + (to->points - keep), 8 * (size_t)keep);
      to->points = (uint8_t)keep;
      continue;
    }
    size_t used = take_points(to, kind, data, size);
    if (used == SIZE_MAX) return false;
    data += used, size -= used;
  }
  return true;
}
