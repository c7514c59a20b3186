#include "robots/soles.h"

struct sole_outline sole_outline_of(const struct humanoid *h, enum side side, double x, double y, double yaw) {
  const struct sole *o = &h->sole;
  double left = side == LEFT ? o->outer : o->inner, right = side == LEFT ? o->inner : o->outer;
  double along[4] = {o->heel, o->toe, o->toe, o->heel}, across[4] = {left, left, -right, -right};
  struct sole_outline f;
  m_sincos(yaw, &f.s, &f.c);
  for (int i = 0; i < 4; i++) f.x[i] = x + f.c * along[i] - f.s * across[i], f.y[i] = y + f.s * along[i] + f.c * across[i];
  return f;
}

static double apart_along(const struct sole_outline *a, const struct sole_outline *b, double x, double y) {
  double low[2] = {1e9, 1e9}, high[2] = {-1e9, -1e9};
  for (int i = 0; i < 4; i++) {
    double p[2] = {x * a->x[i] + y * a->y[i], x * b->x[i] + y * b->y[i]};
    for (int k = 0; k < 2; k++) low[k] = p[k] < low[k] ? p[k] : low[k], high[k] = p[k] > high[k] ? p[k] : high[k];
  }
  double one = low[1] - high[0], other = low[0] - high[1];
  return one > other ? one : other;
}

// Two convex outlines are apart if they are along a normal of one of their sides.
double soles_apart(const struct sole_outline *a, const struct sole_outline *b) {
  double d[4] = {apart_along(a, b, a->c, a->s), apart_along(a, b, -a->s, a->c), apart_along(a, b, b->c, b->s), apart_along(a, b, -b->s, b->c)}, best = d[0];
  for (int i = 1; i < 4; i++) best = d[i] > best ? d[i] : best;
  return best;
}

bool soles_clear(const struct sole_outline *a, const struct sole_outline *b, double gap) {
  return apart_along(a, b, -b->s, b->c) >= gap || apart_along(a, b, -a->s, a->c) >= gap || apart_along(a, b, b->c, b->s) >= gap ||
         apart_along(a, b, a->c, a->s) >= gap;
}
