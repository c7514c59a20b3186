#include "engine/sim/order.h"

bool orders_create(struct twin *t) {
  const struct layout *l = t->layout;
  t->order = ARENA_NEW(&t->arena, struct order_row, l->order_count + 1);
  t->lot = ARENA_NEW(&t->arena, struct lot_row, l->order_count + 1);
  if (!t->order || !t->lot) return false;
  t->lots = l->order_count;
  for (int k = 0; k < l->order_count; k++) {
    t->order[k] = (struct order_row){.left = l->orders[k].quantity, .ended = -1};
    t->lot[k] = (struct lot_row){.order = k, .number = k, .left = l->orders[k].quantity};
  }
  return true;
}

// The lot whose part is released next.
static int32_t lot_first(struct twin *t) {
  const struct order *orders = t->layout->orders;
  while (t->order_next < t->lots && t->lot[t->order_next].left == 0) t->order_next++;
  int32_t first = NONE;
  for (int32_t k = t->order_next; k < t->lots; k++) {
    if (t->lot[k].left == 0) continue;
    ns_t release = orders[t->lot[k].order].release;
    if (release <= t->now) return k;
    if (first == NONE || release < orders[t->lot[first].order].release) first = k;
    // without a plan they stand in the order of their release
    if (!t->planned) break;
  }
  return first;
}

int32_t order_first(struct twin *t) {
  int32_t k = lot_first(t);
  return k == NONE ? NONE : t->lot[k].order;
}

ns_t order_wait(struct twin *t, ns_t after) {
  int32_t o = order_first(t);
  if (o == NONE) return after;
  ns_t wait = t->layout->orders[o].release - t->now;
  return wait > after ? wait : after;
}

void order_release(struct twin *t, struct part *a) {
  int32_t k = lot_first(t);
  assert(k != NONE);
  t->lot[k].left--;
  t->order[t->lot[k].order].left--;
  a->lot = t->planned ? (uint32_t)t->lot[k].number + 1 : 0;
  order_enter(t, a, (uint32_t)t->lot[k].order + 1);
}

void order_enter(struct twin *t, struct part *a, uint32_t order) {
  a->order = order;
  if (order) t->order[order - 1].live++;
}

void order_join(struct twin *t, struct part *product, struct part *a) {
  if (product->order == a->order || !a->order) return;
  const struct order *x = product->order ? &t->layout->orders[product->order - 1] : NULL, *y = &t->layout->orders[a->order - 1];
  if (x && (x->due < y->due || (x->due == y->due && x < y))) return;
  // the part that goes takes the other order with it
  uint32_t given = product->order;
  product->order = a->order;
  product->lot = a->lot;
  a->order = given;
}

void order_leave(struct twin *t, uint32_t p) {
  uint32_t o = t->part[p].order;
  if (!o) return;
  t->part[p].order = 0;
  struct order_row *r = &t->order[o - 1];
  assert(r->live > 0);
  if (--r->live > 0 || r->left > 0) return;
  r->ended = t->now;
  const struct order *plan = &t->layout->orders[o - 1];
  if (t->now <= plan->due) return;
  t->sums.line.late_ended++;
  t->sums.line.delay_ended += ns_to_seconds(t->now - plan->due);
}

void orders_measure(const struct twin *t, struct line_sums *line) {
  line->late_open = 0;
  line->delay_open = 0;
  for (int k = 0; k < t->layout->order_count; k++) {
    if (t->order[k].ended >= 0 || t->layout->orders[k].due >= t->now) continue;
    line->late_open++;
    line->delay_open += ns_to_seconds(t->now - t->layout->orders[k].due);
  }
}
