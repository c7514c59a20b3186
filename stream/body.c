#include "stream/body.h"

#include <string.h>

#include "stream/bytes.h"

#define HEAD 10                     // bytes of id, power, contact, points, steps, ahead

size_t body_write(const struct frame_body *b, uint8_t *out) {
  uint8_t *at = put(out, &b->id, 4), counts[4] = {b->contact, b->points, b->steps, b->ahead};
  at = put(at, &b->power, 2);
  at = put(at, counts, 4);
  at = put(at, b->cop, sizeof b->cop);
  at = put(at, b->com, sizeof b->com);
  at = put(at, b->sole, sizeof b->sole);
  at = put(at, b->point, sizeof *b->point * b->points);
  at = put(at, b->load, b->points);
  at = put(at, b->heat, b->points);
  at = put(at, b->step, sizeof *b->step * b->steps);
  return (size_t)(at - out);
}

bool body_read(struct frame_body *b, const uint8_t *data, size_t size) {
  uint8_t counts[4];
  if (size < HEAD) return false;
  memset(b, 0, sizeof *b);
  const uint8_t *at = take(&b->id, data, 4);
  at = take(&b->power, at, 2);
  at = take(counts, at, 4);
  b->contact = counts[0];
  b->points = counts[1];
  b->steps = counts[2];
  b->ahead = counts[3];
  if (b->contact > 3 || b->points > BODY_POINTS_MAX || b->steps > BODY_STEPS_MAX || b->ahead > b->steps) return false;
  size_t want = HEAD + sizeof b->cop + sizeof b->com + sizeof b->sole + (sizeof *b->point + 2) * b->points + sizeof *b->step * b->steps;
  if (size != want) return false;
  at = take(b->cop, at, sizeof b->cop);
  at = take(b->com, at, sizeof b->com);
  at = take(b->sole, at, sizeof b->sole);
  at = take(b->point, at, sizeof *b->point * b->points);
  at = take(b->load, at, b->points);
  at = take(b->heat, at, b->points);
  take(b->step, at, sizeof *b->step * b->steps);
  for (int i = 0; i < b->steps; i++)
    if (b->step[i].side > 2) return false;
  return true;
}

static int16_t mix(int16_t a, int16_t b, float k) { return (int16_t)((float)a + ((float)b - (float)a) * k); }

void body_between(struct frame_body *out, const struct frame_body *a, const struct frame_body *b, float k) {
  *out = k < 0.5f ? *a : *b;
  if (a->points != b->points || k < 0 || k > 1) return;
  for (int i = 0; i < a->points; i++)
    for (int n = 0; n < 3; n++) out->point[i][n] = mix(a->point[i][n], b->point[i][n], k);
  for (int i = 0; i < 12; i++)
    for (int n = 0; n < 3; n++) out->sole[i][n] = mix(a->sole[i][n], b->sole[i][n], k);
  for (int n = 0; n < 3; n++) out->com[n] = mix(a->com[n], b->com[n], k);
  for (int n = 0; n < 2; n++) out->cop[n] = mix(a->cop[n], b->cop[n], k);
}
