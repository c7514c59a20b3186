// Fuzzer of the viewer's decoder: a session of messages, each behind a length of two bytes.
//
// Whatever comes: what was accepted is what stream/frame.h promises (finite, inside the limits, rows that
// the hello names), and a message that was refused changed nothing.
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "stream/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_picture(const struct picture *p, const struct frame_hello *h) {
  const struct picture_robots *r = &p->robots;
  assert(p->now >= 0);
  for (int i = 0; i < r->n; i++) {
    assert(fabsf(r->pos[i][0]) <= 1.001e6f && fabsf(r->pos[i][1]) <= 1.001e6f);
    assert(r->heading[i] >= 0 && r->heading[i] < 6.2832f);
    assert(r->charge[i] >= 0 && r->charge[i] <= 1 && r->phase[i] >= 0 && r->phase[i] < 1);
    assert(r->cause[i] < FRAME_ROBOT_CAUSES && r->pose[i] < FRAME_POSES);
    assert(r->waits[i] >= -1 && r->legs[i] <= WAY_POINTS_MAX);
    assert((r->kept[i][0] < 0) == (r->kept[i][1] < 0) && r->kept[i][0] < 1311 && r->kept[i][1] < 1311);
    for (int k = 0; k < r->legs[i]; k++) assert(fabsf(r->way[i][k][0]) <= 1.001e6f && fabsf(r->way[i][k][1]) <= 1.001e6f);
    assert(isfinite(r->hand[i][0][0]) && isfinite(r->hand[i][1][1]));
    assert(r->held[i] >= -1 && r->from[i] >= -1 && r->to[i] >= -1);
    if (h) assert(r->fleet[i] < h->fleet_count && r->held[i] < h->part_count && r->from[i] < h->station_count && r->to[i] < h->station_count);
  }
  for (int i = 0; i < p->stations.n; i++) {
    assert(p->stations.cause[i] < FRAME_STATION_CAUSES && p->stations.made[i] >= 0);
    assert(p->stations.progress[i] >= 0 && p->stations.progress[i] <= 1);
  }
  assert(p->bodies.n <= FRAME_BODIES_MAX);
  for (int i = 0; i < p->bodies.n; i++) {
    assert(p->bodies.body[i].points <= BODY_POINTS_MAX && p->bodies.body[i].steps <= BODY_STEPS_MAX);
    if (!p->bodies.limbs) continue;
    const struct frame_limbs *l = &p->bodies.limbs[i];
    assert(l->id == p->bodies.body[i].id && l->points == p->bodies.body[i].points && l->contacts <= LIMBS_CONTACTS_MAX);
  }
  if (h) assert(p->stations.n == h->station_count);
  assert(p->parts.total >= p->parts.n);
  for (int i = 0; i < p->parts.n; i++) {
    assert(fabsf(p->parts.pos[i][0]) <= 1.001e6f && fabsf(p->parts.pos[i][1]) <= 1.001e6f);
    if (h) assert(p->parts.type[i] < h->part_count);
  }
}

static uint64_t picture_digest(const struct frame_decoder *d) {
  const struct picture *p = frame_picture(d);
  if (!p) return 0;
  uint64_t x = digest_u64(DIGEST_START, (uint64_t)p->now, (uint64_t)p->parts.total);
  x = digest_bytes(x, p->robots.pos, (size_t)p->robots.n * sizeof p->robots.pos[0]);
  x = digest_bytes(x, p->robots.cause, (size_t)p->robots.n);
  x = digest_bytes(x, p->stations.made, (size_t)p->stations.n * sizeof p->stations.made[0]);
  return digest_bytes(x, p->parts.id, (size_t)p->parts.n * sizeof p->parts.id[0]);
}

static void check_texts(const struct frame_decoder *d) {
  const struct frame_hello *h = frame_hello_read(d);
  if (h) {
    assert(strlen(h->layout) == h->layout_size && strlen(h->plan) == h->plan_size);
    for (int i = 0; i < h->station_count; i++) assert(strlen(h->stations[i]) < FRAME_MAX);
  }
  const struct frame_event *event;
  int n = frame_events_read(d, &event);
  for (int i = 0; i < n; i++) assert(strlen(event[i].text) <= FRAME_TEXT_MAX && event[i].row >= -1);
  const struct frame_kpi *kpi;
  n = frame_kpi_read(d, &kpi);
  for (int i = 0; i < n; i++) assert(!isinf(kpi[i].value) && strlen(kpi[i].path) < FRAME_MAX);
  for (uint32_t r = 0; r < 4; r++) {
    const struct frame_decision *x = frame_decision_read(d, r);
    if (!x) continue;
    assert(x->at >= 0 && x->robot == r && x->kind < DECISION_KINDS && strlen(x->what) < sizeof x->what && x->count <= DECISION_CANDIDATES && x->others >= 0);
    for (int k = 0; k < x->count; k++) assert(isfinite(x->candidate[k].cost) && x->candidate[k].terms <= DECISION_TERMS && strlen(x->candidate[k].robot) < 16);
  }
  const struct frame_bar *bar;
  n = frame_planned_read(d, &bar);
  assert(n <= PLANNED_MAX);
  for (int i = 0; i < n; i++) assert(h && bar[i].station >= 0 && bar[i].station < h->station_count && bar[i].begin >= 0 && bar[i].end >= bar[i].begin);
  const struct frame_status *s = frame_status_read(d);
  if (s) assert(isfinite(s->speed_asked) && strlen(s->message) <= FRAME_TEXT_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct frame_decoder *d = frame_decoder_create();
  assert(d);
  while (size >= 2) {
    size_t n = data[0] | (size_t)data[1] << 8;
    data += 2, size -= 2;
    if (n > size) n = size;

    // an own copy: a read past its end is seen
    uint8_t *message = malloc(n ? n : 1);
    memcpy(message, data, n);
    uint64_t before = picture_digest(d);
    enum frame_type type = 0;
    struct error e = { 0 };
    enum status s = frame_read(d, message, n, &type, &e);
    assert(s == STATUS_OK || s == STATUS_PROTOCOL);
    if (s != STATUS_OK) assert(picture_digest(d) == before && e.text[0]);
    if (frame_picture(d)) check_picture(frame_picture(d), frame_hello_read(d));
    check_texts(d);
    free(message);
    data += n, size -= n;
  }
  frame_decoder_destroy(d);
  return 0;
}
