#include "stream/limbs.h"

#include <string.h>

#include "stream/bytes.h"

#define HEAD    (4 + 2 + 2 + 2 + 6 + 6 + 2)       // id, counts, quality, width, part, size, yaw
#define CONTACT 13

size_t limbs_write(const struct frame_limbs *l, uint8_t *out) {
  const uint8_t counts[2] = {l->points, l->contacts};
  uint8_t *at = put(out, &l->id, 4);
  at = put(at, counts, 2);
  at = put(at, &l->quality, 2);
  at = put(at, &l->width, 2);
  at = put(at, l->part, sizeof l->part);
  at = put(at, l->size, sizeof l->size);
  at = put(at, &l->yaw, 2);
  at = put(at, l->limit, l->points);
  for (int k = 0; k < l->contacts; k++) {
    const struct limb_contact *c = &l->contact[k];
    at = put(at, c->at, 6);
    at = put(at, c->normal, 3);
    at = put(at, &c->mu, 1);
    at = put(at, &c->force, 2);
    at = put(at, &c->hand, 1);
  }
  return (size_t)(at - out);
}

bool limbs_read(struct frame_limbs *l, const uint8_t *data, size_t size) {
  uint8_t counts[2];
  if (size < HEAD) return false;
  memset(l, 0, sizeof *l);
  const uint8_t *at = take(&l->id, data, 4);
  at = take(counts, at, 2);
  l->points = counts[0];
  l->contacts = counts[1];
  if (l->points > BODY_POINTS_MAX || l->contacts > LIMBS_CONTACTS_MAX || size != HEAD + (size_t)l->points + CONTACT * (size_t)l->contacts) return false;
  at = take(&l->quality, at, 2);
  at = take(&l->width, at, 2);
  at = take(l->part, at, sizeof l->part);
  at = take(l->size, at, sizeof l->size);
  at = take(&l->yaw, at, 2);
  at = take(l->limit, at, l->points);
  for (int k = 0; k < 3; k++)
    if (l->size[k] < 0) return false;
  for (int i = 0; i < l->points; i++)
    if (l->limit[i] > 15) return false;
  for (int k = 0; k < l->contacts; k++) {
    struct limb_contact *c = &l->contact[k];
    at = take(c->at, at, 6);
    at = take(c->normal, at, 3);
    at = take(&c->mu, at, 1);
    at = take(&c->force, at, 2);
    at = take(&c->hand, at, 1);
    if (c->hand < 1 || c->hand > 2) return false;
  }
  return true;
}
