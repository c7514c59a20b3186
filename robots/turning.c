#include "robots/turning.h"

#include "robots/chain.h"
#include "robots/soles.h"

#define HIP_SHARE   0.80            // of the hip's range that is used; a guess
#define BODY_TURN   0.39            // rad  half of what a body turns between two steps: it brings the ankles nearer

// Largest angle at which a corner `along` from the ankle keeps clear of the middle.
static double clear_to(double along, double inner, double room) {
  double low = 0, high = 1.5;
  for (int k = 0; k < 40; k++) {
    double m = 0.5 * (low + high), s, c;
    m_sincos(m, &s, &c);
    if (along * s + inner * c < room) low = m;
    else high = m;
  }
  return 2 * low;
}

// Range of the leg's joint whose axis is most upright, toes out and toes in.
static struct turning hip_of(const struct humanoid *h, enum side side) {
  struct chain c;
  struct turning t = {0, 0};
  double best = 0.7;
  chain_init(&c, h->model, &h->leg[side]);
  for (int i = 0; i < c.count; i++) {
    double up = c.axis[i].z * (side == LEFT ? 1 : -1), size = up < 0 ? -up : up;
    if (c.prismatic[i] || c.follow[i] >= 0 || size <= best) continue;
    best = size;
    t = up > 0 ? (struct turning){c.upper[i], -c.lower[i]} : (struct turning){-c.lower[i], c.upper[i]};
  }
  return t;
}

static double smaller(double a, double b) { return a < b ? a : b; }
static double at_least(double x, double low) { return x < low ? low : x; }

struct turning turning_of(const struct humanoid *h, double half) {
  double room = half * m_cos(BODY_TURN) - 0.5 * SOLES_GAP;
  struct turning t = {clear_to(-h->sole.heel, h->sole.inner, room), clear_to(h->sole.toe, h->sole.inner, room)};
  for (int s = 0; s < 2; s++) {
    struct turning hip = hip_of(h, s);
    t.open = smaller(t.open, 2 * HIP_SHARE * hip.open);
    t.close = smaller(t.close, 2 * HIP_SHARE * hip.close);
  }
  t.open = at_least(t.open, TURNING_LEAST);
  t.close = at_least(t.close, TURNING_LEAST);
  return t;
}
