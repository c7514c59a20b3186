// Invariants of bodies that share the floor, counted from the ground: engine/sim/validate.c.
#include "engine/sim/body_clear_state.h"

// Of one robot: NULL when all holds.
static const char *check_one(const struct twin *t, int32_t i) {
  const struct clears *c = clears_of(t);
  const struct clear *o = &c->of[i];
  const struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  if (!k->here[r] && (k->walk[r] || k->upset[r].make || o->spot != NONE || o->leaving != NONE || o->due || o->aside)) return "a body that is not in the hall keeps something there";
  if (o->spot != NONE && (o->spot == o->leaving || c->spots.spot[o->spot].holder != i)) return "a spot that is another one's";
  if (o->leaving != NONE && c->spots.spot[o->leaving].holder != i) return "a spot that is left and another one's";
  if (o->due && (!k->walk[r] || k->began[r] == BODY_NEVER)) return "a walk that begins later and is none";
  if (o->aside && !k->walk[r]) return "one who makes room and does not walk";
  return tracks_hold(t, i) ? NULL : "a body outside its box";
}

const char *clear_validate(const struct twin *t) {
  const struct clears *c = clears_of(t);
  const struct calendar *k = &t->calendar;
  uint32_t alive = 0;
  int32_t dues = 0;
  if (!c) return NULL;
  for (int32_t i = 0; i < t->robots; i++) {
    if (!body_stepped(t, i)) continue;
    const char *wrong = check_one(t, i);
    if (wrong) return wrong;
    dues += c->of[i].due;
    alive += (rows_of(t, i)->walk[t->body->row_of[i]] != NULL) + rows_of(t, i)->upset[t->body->row_of[i]].alive;
  }
  for (uint32_t n = 0; n < k->count; n++) {
    uint32_t timer = calendar_timer(k->heap[n]);
    alive += calendar_is_set(k, timer) && t->timer_alive[timer];
  }
  if (dues != c->dues) return "walks that begin later";
  if (alive != t->alive) return "what can bring the line on";
  for (int32_t s = 0; s < c->spots.count; s++) {
    int32_t h = c->spots.spot[s].holder;
    if (h != NONE && c->of[h].spot != s && c->of[h].leaving != s) return "a spot that is kept by one who does not know it";
  }
  return NULL;
}
