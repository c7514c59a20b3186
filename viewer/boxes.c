#include "viewer/boxes.h"

#include <stdlib.h>

void boxes_finish(struct boxes *b) {
  free(b->box);
  *b = (struct boxes){0};
}

void boxes_clear(struct boxes *b) { b->count = 0; }

void boxes_add(struct boxes *b, struct box one) {
  if (b->count == b->capacity) {
    int capacity = b->capacity ? b->capacity * 2 : 128;
    struct box *box = realloc(b->box, (size_t)capacity * sizeof *box);
    if (!box) return;
    b->box = box;
    b->capacity = capacity;
  }
  b->box[b->count++] = one;
}

bool boxes_free(const struct boxes *b, struct box one) {
  for (int i = 0; i < b->count; i++) {
    const struct box *k = &b->box[i];
    if (one.x0 < k->x1 && k->x0 < one.x1 && one.y0 < k->y1 && k->y0 < one.y1) return false;
  }
  return true;
}
