#include <stdlib.h>

#include "stream/frame.h"
#include "stream/pack.h"
#include "stream/planned_store.h"

enum status frame_planned_write(const struct frame_bar *b, int n, struct bytes *out) {
  struct pack p;
  pack_begin(&p, out, FRAME_PLANNED);
  msgpack_pack_array(&p.packer, (size_t)n);
  for (int i = 0; i < n; i++, b++) {
    const int64_t row[6] = { b->station, b->server, b->order, b->parts, b->begin, b->end };
    msgpack_pack_array(&p.packer, 6);
    for (int k = 0; k < 6; k++) msgpack_pack_int64(&p.packer, row[k]);
  }
  return pack_end(&p, FRAME_MAX);
}

void planned_finish(struct planned_store *s) {
  free(s->bar);
  *s = (struct planned_store){ 0 };
}

static int32_t take_row(struct cursor *c, int64_t below) {
  int64_t v = cursor_integer(c);
  if (v < 0 || v >= below) c->bad = true;
  return c->bad ? 0 : (int32_t)v;
}

static void take_bar(struct cursor *c, int stations, struct frame_bar *out) {
  if (cursor_array(c) != 6) c->bad = true;
  out->station = take_row(c, stations);
  out->server = take_row(c, 65536);
  out->order = take_row(c, INT32_MAX);
  out->parts = take_row(c, INT32_MAX);
  out->begin = cursor_integer(c);
  out->end = cursor_integer(c);
  if (out->begin < 0 || out->end < out->begin) c->bad = true;
}

bool planned_read(struct planned_store *s, struct cursor *c, int stations) {
  uint32_t n = cursor_array(c);
  struct cursor first = *c;
  struct frame_bar one, *bar;
  if (n > PLANNED_MAX) c->bad = true;
  for (uint32_t i = 0; i < n && !c->bad; i++) take_bar(c, stations, &one);
  if (c->bad) return true;
  bar = malloc(((size_t)n + 1) * sizeof *bar);
  if (!bar) return false;
  for (uint32_t i = 0; i < n; i++) take_bar(&first, stations, &bar[i]);
  planned_finish(s);
  *s = (struct planned_store){ (int)n, bar };
  return true;
}
