#include "app/planned.h"

static void tell(void *context, const struct bar *b) {
  struct planned *p = context;
  if (p->next) p->next->tell(p->next->context, b);
  if (!b->planned || p->told || p->n == PLANNED_MAX || b->begin < 0 || b->end < b->begin) return;
  p->bar[p->n++] = (struct frame_bar){b->station, b->server, b->order, b->parts, b->begin, b->end};
}

const struct bars *planned_bars(struct planned *p, const struct bars *next) {
  p->bars = (struct bars){tell, p};
  p->next = next;
  return &p->bars;
}

bool planned_take(struct planned *p, struct bytes *out) {
  if (p->told || p->n == 0) return false;
  p->told = true;
  return frame_planned_write(p->bar, p->n, out) == STATUS_OK;
}
