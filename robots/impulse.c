#include "robots/impulse.h"

#include <assert.h>
#include <math.h>

#define RESTS   2e-3                // m/s  slower is at rest again: REST_SPEED of robots/balance.c
#define CELLS   16                  // of a sole along, and across it, for its mean radius
#define LEFT_OVER 0.5               // 1    of half a sole: how far xi is off when the last step has landed, a guess

static double larger(double a, double b) { return a > b ? a : b; }
static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

const char *impulse_strategy_text(enum impulse_strategy s) {
  static const char *const text[] = {"ankles", "walks on", "steps", "falls"};
  return text[s];
}

double impulse_of_bump(double a, double b, double closing, double e) {
  assert(a > 0);
  assert(b > 0);
  double reduced = a == INFINITY ? b : b == INFINITY ? a : a * b / (a + b);
  return closing > 0 ? (1 + e) * reduced * closing : 0;
}

// ---- turning ----------------------------------------------------------------------------------------

double impulse_sole_radius(const struct balance_params *p, int feet) {
  double sum = 0, apart = feet > 1 ? p->width / 2 : 0;
  for (int i = 0; i < CELLS; i++)
    for (int k = 0; k < CELLS; k++) {
      double x = (p->toe - p->heel) * ((i + 0.5) / CELLS - 0.5), y = apart + 2 * p->half_width * ((k + 0.5) / CELLS - 0.5);
      sum += m_sqrt(x * x + y * y);
    }
  return sum / (CELLS * CELLS);
}

double impulse_turn(const struct balance_params *p, double twist, double friction, int feet) {
  double inertia = balance_yaw_inertia(p), torque = friction * p->mass * GRAVITY * impulse_sole_radius(p, feet);
  if (twist == 0 || !(inertia > 0)) return 0;
  double turn = torque > 0 ? twist * twist / (2 * inertia * torque) : INFINITY;
  return twist < 0 ? -turn : turn;
}

// ---- standing ---------------------------------------------------------------------------------------

// Size of the impulse as if at the centre of mass, and its way.
static double size_of(const struct balance_params *p, const struct impulse *j, double *way, double jump[2]) {
  double share = j->height > 0 ? j->height / p->com_height : 1, size = m_sqrt(j->along[0] * j->along[0] + j->along[1] * j->along[1]) * share;
  *way = size > 0 ? m_atan2(j->along[1], j->along[0]) : 0;
  for (int k = 0; k < 2; k++) jump[k] = j->along[k] * share / (p->mass * p->rate);
  return size;
}

// From xi `off` from rest until it rests, p = xi + k (xi - rest) held at `edge` from rest: first over the edge, then both xi and the centre of mass
// after it come back as w t e^(-w t), k being about 1.
static double settle_time(const struct balance_params *p, double off, double edge) {
  double free = edge / (1 + p->gain), t = 0, w = p->rate;
  if (off > free && off < edge) t = m_log((edge - free) / (edge - off)) / w, off = free;
  double rest = 1 / w;
  for (int k = 0; k < 12; k++) rest = m_log(larger(off * w * w * rest / RESTS, 1.5)) / w;
  return t + rest;
}

// A rigid pendulum from upright with that momentum to the floor, by its energy.
static double fall_time(const struct balance_params *p, double speed) {
  double l = p->com_height, inertia = l * l + p->gyration * p->gyration, rate = speed / l, t = 0, e = 0.5 * inertia * rate * rate;
  const int parts = 64;
  for (int i = 0; i < parts; i++) {
    double a = M_PI_D / 2 * (i + 0.5) / parts;
    t += M_PI_D / 2 / parts / m_sqrt(2 * (e + GRAVITY * l * (1 - m_cos(a))) / inertia);
  }
  return t;
}

struct impulse_answer impulse_standing(const struct balance_params *p, const struct impulse *j, double friction) {
  struct impulse_answer a = {.strategy = IMPULSE_FALLS};
  double way, share = j->height > 0 ? j->height / p->com_height : 1, size = size_of(p, j, &way, a.jump);
  a.turn = impulse_turn(p, j->twist, friction, 2);
  a.most = balance_impulse_max(p, way, BALANCE_STEPS_MAX) / share;
  for (int n = 0; n <= BALANCE_STEPS_MAX; n++)
    if (size <= balance_impulse_max(p, way, n)) {
      a.strategy = n ? IMPULSE_STEPS : IMPULSE_ANKLES;
      a.steps = n;
      break;
    }
  double scale = p->mass * p->rate, edge = balance_impulse_max(p, way, 0) / scale;
  if (a.strategy == IMPULSE_ANKLES) a.time = settle_time(p, size / scale, edge);
  else if (a.strategy == IMPULSE_STEPS) a.time = a.steps * p->swing_time + settle_time(p, edge / 2, edge);
  else a.time = fall_time(p, size / p->mass);
  return a;
}

// ---- walking ----------------------------------------------------------------------------------------

// The fewest steps that end at rest when xi lies there relative to the standing ankle (ahead, towards the other foot), the first landing after `left`; 0:
// none do.
static int steps_from(const struct balance_params *p, double ahead, double towards, double left) {
  double decay = m_exp(-p->rate * left), hw = p->half_width;
  for (int n = 1; n <= BALANCE_STEPS_MAX; n++) {
    struct balance_region r = balance_region(p, n - 1);
    if (ahead >= p->heel + (-p->step_back + r.back - p->heel) * decay && ahead <= p->toe + (p->step_ahead + r.ahead - p->toe) * decay &&
        towards >= -hw + (p->step_near - r.towards + hw) * decay && towards <= hw + (p->step_far - r.away - hw) * decay) return n;
  }
  return 0;
}

struct impulse_answer impulse_walking(const struct balance_params *p, const struct impulse *j, const struct impulse_walk *w, double friction) {
  struct impulse_answer a = {.strategy = IMPULSE_FALLS};
  assert(w->period > 0);
  assert(w->left >= 0);
  double way, size = size_of(p, j, &way, a.jump), grow = m_exp(p->rate * w->left), whole = m_exp(p->rate * w->period);
  double side = w->stance == LEFT ? -1 : 1, jump[2] = {a.jump[0], side * a.jump[1]};
  a.turn = impulse_turn(p, j->twist, friction, 1);

  // relative to the standing ankle: where the foot would have landed, and xi then and now; pressure at rest along, in the middle across
  double step[2] = {w->speed * w->period, p->width}, then[2] = {step[0] + p->rest + step[0] / (whole - 1), step[1] - p->width / (whole + 1)};
  double press[2] = {p->rest, 0}, now[2], edge[2][2] = {{p->heel, p->toe}, {-p->half_width, p->half_width}}, box[2][2] = {{-p->step_back, p->step_ahead}, {p->step_near, p->step_far}};
  bool on = true;
  for (int k = 0; k < 2; k++) {
    now[k] = press[k] + (then[k] - press[k]) / grow + jump[k];
    double off = jump[k] * grow, held = clamp(off, (grow - 1) * (edge[k][0] - press[k]), (grow - 1) * (edge[k][1] - press[k]));
    off -= held;
    on = on && step[k] + off >= box[k][0] - 1e-9 && step[k] + off <= box[k][1] + 1e-9;
    a.shift[k] = k ? side * off : off;
  }
  if (on) {
    a.strategy = a.shift[0] == 0 && a.shift[1] == 0 ? IMPULSE_ANKLES : IMPULSE_WALKS_ON;
    a.steps = a.strategy == IMPULSE_WALKS_ON;
    a.time = w->left;
  } else {
    a.shift[0] = a.shift[1] = 0;
    a.steps = steps_from(p, now[0], now[1], w->left);
    if (a.steps) a.strategy = IMPULSE_STEPS;
    a.time = a.strategy == IMPULSE_STEPS ? w->left + (a.steps - 1) * p->swing_time + settle_time(p, LEFT_OVER * p->half_width, p->half_width) : fall_time(p, size / p->mass + w->speed);
  }

  // along this way, up to where the last region ends
  double low = 0, high = larger(1, 4 * p->mass), unit[2] = {m_cos(way), m_sin(way) * side};
  for (int k = 0; k < 40; k++) {
    double m = 0.5 * (low + high), d = m / (p->mass * p->rate);
    if (steps_from(p, now[0] - jump[0] + d * unit[0], now[1] - jump[1] + d * unit[1], w->left)) low = m;
    else high = m;
  }
  a.most = low / (j->height > 0 ? j->height / p->com_height : 1);
  return a;
}
