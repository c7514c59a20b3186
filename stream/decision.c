#include "stream/decision_store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stream/frame.h"
#include "stream/pack.h"

#define SECONDS_MAX 1e9             // of any cost

// ---- writing --------------------------------------------------------------------------------------

static void pack_candidate(struct pack *p, const struct frame_candidate *c) {
  msgpack_pack_array(&p->packer, 5 + 2 * (size_t)c->terms);
  pack_text(p, c->robot);
  if (c->wins) msgpack_pack_true(&p->packer);
  else msgpack_pack_false(&p->packer);
  pack_number(p, (double)c->free_in);
  pack_number(p, (double)c->walk);
  pack_number(p, (double)c->cost);
  for (int k = 0; k < c->terms; k++) {
    pack_text(p, c->term[k].name);
    pack_number(p, (double)c->term[k].cost);
  }
}

enum status frame_decisions_write(const struct frame_decision *d, int n, struct bytes *out) {
  struct pack p;
  pack_begin(&p, out, FRAME_DECISIONS);
  msgpack_pack_array(&p.packer, (size_t)n);
  for (int i = 0; i < n; i++, d++) {
    msgpack_pack_map(&p.packer, 11);
    pack_key_integer(&p, "at", d->at);
    pack_key_integer(&p, "robot", d->robot);
    pack_key_integer(&p, "kind", d->kind);
    pack_key_text(&p, "policy", d->policy);
    pack_key_text(&p, "what", d->what);
    pack_key_text(&p, "why", d->why);
    pack_key_number(&p, "age", (double)d->age);
    pack_key_number(&p, "work", (double)d->work);
    pack_key_number(&p, "due", (double)d->due);
    pack_key_integer(&p, "others", d->others);
    pack_text(&p, "candidates");
    msgpack_pack_array(&p.packer, (size_t)d->count);
    for (int k = 0; k < d->count; k++) pack_candidate(&p, &d->candidate[k]);
  }
  return pack_end(&p, FRAME_MAX);
}

// ---- reading --------------------------------------------------------------------------------------

static void take_text(struct cursor *c, char *to, size_t capacity) {
  struct span s = cursor_text(c);
  if (s.size >= capacity) c->bad = true;
  if (c->bad) return;
  if (s.size) memcpy(to, s.data, s.size);
  to[s.size] = 0;
}

static float take_seconds(struct cursor *c) {
  double v = cursor_number(c);
  if (!(v >= -SECONDS_MAX && v <= SECONDS_MAX)) c->bad = true;
  return (float)v;
}

static void take_candidate(struct cursor *c, struct frame_candidate *out) {
  uint32_t n = cursor_array(c);
  memset(out, 0, sizeof *out);
  if (n < 5 || (n - 5) % 2 || (n - 5) / 2 > DECISION_TERMS) c->bad = true;
  take_text(c, out->robot, sizeof out->robot);
  out->wins = cursor_bool(c);
  out->free_in = take_seconds(c);
  out->walk = take_seconds(c);
  out->cost = take_seconds(c);
  for (uint32_t k = 0; !c->bad && k < (n - 5) / 2; k++, out->terms++) {
    take_text(c, out->term[k].name, sizeof out->term[k].name);
    out->term[k].cost = take_seconds(c);
  }
}

static void take_decision(struct cursor *c, struct frame_decision *d) {
  static const char *const keys[] = { "at", "robot", "kind", "policy", "what", "why", "age", "work", "due", "others", "candidates", NULL };
  uint32_t seen = 0, n, pairs = cursor_map(c);
  uint64_t robot = 0;
  int64_t  kind = 0, others = 0;
  memset(d, 0, sizeof *d);
  for (uint32_t i = 0; i < pairs && !c->bad; i++) {
    struct span key = cursor_text(c);
    switch (cursor_key(c, key, keys, &seen)) {
    case 0: d->at = cursor_integer(c); break;
    case 1: robot = cursor_unsigned(c); break;
    case 2: kind = cursor_integer(c); break;
    case 3: take_text(c, d->policy, sizeof d->policy); break;
    case 4: take_text(c, d->what, sizeof d->what); break;
    case 5: take_text(c, d->why, sizeof d->why); break;
    case 6: d->age = take_seconds(c); break;
    case 7: d->work = take_seconds(c); break;
    case 8: d->due = cursor_nil(c) ? (float)NAN : take_seconds(c); break;
    case 9: others = cursor_integer(c); break;
    case 10:
      n = cursor_array(c);
      if (n > DECISION_CANDIDATES) c->bad = true;
      for (uint32_t k = 0; k < n && !c->bad; k++) take_candidate(c, &d->candidate[d->count++]);
      break;
    default: cursor_skip(c); break;
    }
  }
  if (seen != 2047 || d->at < 0 || robot < 1 || robot > UINT32_MAX || kind < 0 || kind >= DECISION_KINDS || others < 0 || others > INT32_MAX) c->bad = true;
  d->robot = (uint32_t)robot;
  d->kind = (uint8_t)kind;
  d->others = (int)others;
}

// ---- keeping ----------------------------------------------------------------------------------------

void decisions_clear(struct decision_store *s) { s->n = 0; }

void decisions_finish(struct decision_store *s) {
  free(s->decision);
  *s = (struct decision_store){ 0 };
}

const struct frame_decision *decisions_find(const struct decision_store *s, uint32_t robot) {
  for (int i = 0; i < s->n; i++)
    if (s->decision[i].robot == robot) return &s->decision[i];
  return NULL;
}

// Where the next one of a robot goes: its own row, a new one, or that of the oldest. NULL: no memory.
static struct frame_decision *row_for(struct decision_store *s, uint32_t robot) {
  int oldest = 0;
  for (int i = 0; i < s->n; i++) {
    if (s->decision[i].robot == robot) return &s->decision[i];
    if (s->decision[i].at < s->decision[oldest].at) oldest = i;
  }
  if (s->n == DECISIONS_KEPT) return &s->decision[oldest];
  if (s->n == s->capacity) {
    int capacity = s->capacity ? 2 * s->capacity : 16;
    struct frame_decision *larger = realloc(s->decision, (size_t)capacity * sizeof *larger);
    if (!larger) return NULL;
    s->decision = larger;
    s->capacity = capacity;
  }
  return &s->decision[s->n++];
}

bool decisions_read(struct decision_store *s, struct cursor *c) {
  struct frame_decision d;
  uint32_t n = cursor_array(c);
  struct cursor first = *c;
  for (uint32_t i = 0; i < n && !c->bad; i++) take_decision(c, &d);
  for (uint32_t i = 0; i < n && !c->bad; i++) {
    take_decision(&first, &d);
    struct frame_decision *row = row_for(s, d.robot);
    if (!row) return false;
    *row = d;
  }
  return true;
}
