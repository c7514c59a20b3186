#include "robots/balance.h"

#include <assert.h>
#include <string.h>

#define EDGE 1e-9                   // m     what still counts as inside
#define REST_SPEED 2e-3             // m/s   slower than this, with xi in the soles, is rest
#define REST_XI 5e-3                // m     and this near to where it shall be
#define TOUCH_ANGLE (M_PI_D / 2)    // rad   lean at which the body lies
#define TRY_MAX 30.0                // s
#define SURE  0.012                 // m     inside of its region that makes a choice of steps sure; a guess: what a body that sinks by 8 cm needs
#define SPARE 0.03                  // m     inside of its region that a step lets xi come down, where it can; a guess

static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }
static double larger(double a, double b) { return a > b ? a : b; }
static double smaller(double a, double b) { return a < b ? a : b; }

// ---- closed forms -----------------------------------------------------------------------------------

// Regions of 0 .. count-1 steps.
static void regions(const struct balance_params *p, int count, struct balance_region *out) {
  double decay = m_exp(-p->rate * p->swing_time), hw = p->half_width;
  out[0] = (struct balance_region){p->heel, p->toe, -hw, hw};
  for (int n = 1; n < count; n++) {
    // the next foot's own "away" side is this one's "towards": the axis turns round with each step
    const struct balance_region *r = &out[n - 1];
    out[n] = (struct balance_region){
      p->heel + (-p->step_back + r->back - p->heel) * decay,
      p->toe + (p->step_ahead + r->ahead - p->toe) * decay,
      -hw + (p->step_near - r->towards + hw) * decay,
      hw + (p->step_far - r->away - hw) * decay};
  }
}

struct balance_region balance_region(const struct balance_params *p, int steps) {
  struct balance_region r[BALANCE_STEPS_MAX + 1];
  assert(steps >= 0);
  regions(p, BALANCE_STEPS_MAX + 1, r);
  return r[steps < BALANCE_STEPS_MAX ? steps : BALANCE_STEPS_MAX];
}

// Before the first step both feet carry for a while: xi comes from wherever pressure between their outer edges brings it.
static struct balance_region standing_on(const struct balance_params *p, struct balance_region whole, const struct balance_region *after) {
  double decay = m_exp(-p->rate * (p->swing_time - p->reaction)), hold = m_exp(-p->rate * p->reaction), hw = p->half_width, far = p->width + hw;
  double away = -hw + (p->step_near - after->towards + hw) * decay, towards = hw + (p->step_far - after->away - hw) * decay;
  whole.away = -hw + (away + hw) * hold;
  whole.towards = far + (towards - far) * hold;
  return whole;
}

struct balance_region balance_region_standing(const struct balance_params *p, int steps) {
  assert(steps >= 1);
  struct balance_region before = balance_region(p, steps - 1);
  return standing_on(p, balance_region(p, steps), &before);
}

// The part of a ray a + s b, s >= 0, in low .. high. Returns the largest s, or -1.
static double ray(double a, double b, double low, double high, double most) {
  if (most < 0 || low > high) return -1;
  if (b == 0) return a >= low && a <= high ? most : -1;
  double s = ((b > 0 ? high : low) - a) / b, first = ((b > 0 ? low : high) - a) / b;
  if (s < 0 || first > most) return -1;
  return smaller(s, most);
}

double balance_impulse_max(const struct balance_params *p, double direction, int steps) {
  double s, c, best, scale = p->mass * p->rate;
  m_sincos(direction, &s, &c);

  // standing on both feet: the soles side by side are one box
  best = ray(p->rest, c, p->heel, p->toe, 1e9);
  best = ray(0, s, -p->width / 2 - p->half_width, p->width / 2 + p->half_width, best);
  for (int n = 1; n <= steps; n++) {
    struct balance_region r = balance_region_standing(p, n);
    for (int side = 0; side < 2; side++) {
      // standing on the left foot xi is width / 2 to its right, which is towards the other
      double towards = side == LEFT ? -s : s;
      double reach = ray(p->rest, c, r.back, r.ahead, 1e9);
      reach = ray(p->width / 2, towards, r.away, r.towards, reach);
      best = larger(best, reach);
    }
  }
  return best * scale;
}

// How deep xi lies in the region of n steps, standing on one foot, m; below 0: outside.
static double depth_in(const struct balance_region *r, int n, const struct balance_params *p, double ahead, double towards, bool stands) {
  struct balance_region now = stands ? standing_on(p, r[n], &r[n - 1]) : r[n];
  return smaller(smaller(ahead - now.back, now.ahead - ahead), smaller(towards - now.away, now.towards - towards));
}

static double depth_of(const struct balance_params *p, int n, double ahead, double towards, bool stands) {
  struct balance_region r[BALANCE_STEPS_MAX + 1];
  regions(p, BALANCE_STEPS_MAX + 1, r);
  return depth_in(r, n, p, ahead, towards, stands);
}

// How many steps xi needs, standing on one foot, to lie `least` m inside of their region, and how deep it does; BALANCE_STEPS_MAX + 1: lost.
static int steps_needed(const struct balance_params *p, double ahead, double towards, bool stands, double least, double *depth) {
  struct balance_region r[BALANCE_STEPS_MAX + 1];
  regions(p, BALANCE_STEPS_MAX + 1, r);
  for (int n = 1; n <= BALANCE_STEPS_MAX; n++) {
    *depth = depth_in(r, n, p, ahead, towards, stands);
    if (*depth >= least) return n;
  }
  return BALANCE_STEPS_MAX + 1;
}

// ---- columns ----------------------------------------------------------------------------------------

size_t balance_columns_size(int n) { return (size_t)n * (sizeof(double) * 29 + sizeof(uint16_t) + 3) + 64; }

struct balance_columns balance_columns_init(void *memory, int n) {
  memset(memory, 0, balance_columns_size(n));
  return balance_columns_of(memory, n);
}

struct balance_columns balance_columns_of(void *memory, int n) {
  struct balance_columns c = {.n = n};
  double *d = memory;
  size_t rows = (size_t)n;
  c.com = (void *)d, d += 2 * rows;
  c.vel = (void *)d, d += 2 * rows;
  c.foot = (void *)d, d += 4 * rows;
  c.heading = d, d += rows;
  c.command = (void *)d, d += 2 * rows;
  c.friction = d, d += rows;
  c.phase = d, d += rows;
  c.both = d, d += rows;
  c.lift = (void *)d, d += 2 * rows;
  c.target = (void *)d, d += 2 * rows;
  c.cop = (void *)d, d += 2 * rows;
  c.demand = d, d += rows;
  c.slid = d, d += rows;
  c.slide = (void *)d, d += 2 * rows;
  c.lean = d, d += rows;
  c.lean_rate = d, d += rows;
  c.energy = d, d += rows;
  c.steps = (void *)d;
  c.mode = (uint8_t *)(c.steps + rows);
  c.stance = c.mode + rows;
  c.events = c.stance + rows;
  return c;
}

void balance_stand(const struct balance_params *p, struct balance_columns *c, int i, double x, double y, double heading, double friction) {
  double s, k;
  m_sincos(heading, &s, &k);
  for (int side = 0; side < 2; side++) {
    double across = side == LEFT ? p->width / 2 : -p->width / 2;
    c->foot[i][side][0] = x - s * across;
    c->foot[i][side][1] = y + k * across;
  }
  c->com[i][0] = c->cop[i][0] = x + k * p->rest;
  c->com[i][1] = c->cop[i][1] = y + s * p->rest;
  c->vel[i][0] = c->vel[i][1] = 0;
  c->heading[i] = heading;
  c->command[i][0] = c->command[i][1] = 0;
  c->friction[i] = friction;
  c->mode[i] = BALANCE_STAND;
  c->stance[i] = LEFT;
  c->phase[i] = c->both[i] = c->demand[i] = c->slid[i] = c->lean[i] = c->lean_rate[i] = c->energy[i] = 0;
  c->slide[i][0] = c->slide[i][1] = 0;
  c->steps[i] = c->events[i] = 0;
}

void balance_push(const struct balance_params *p, struct balance_columns *c, int i, double jx, double jy) {
  if (c->mode[i] == BALANCE_LYING) return;
  c->vel[i][0] += jx / p->mass;
  c->vel[i][1] += jy / p->mass;
}

void balance_capture_point(const struct balance_params *p, const struct balance_columns *c, int i, double xi[2]) {
  for (int k = 0; k < 2; k++) xi[k] = c->com[i][k] + c->vel[i][k] / p->rate;
}

void balance_freeze(const struct balance_params *p, struct balance_columns *c, int i) {
  (void)p;
  if (c->mode[i] == BALANCE_STAND || c->mode[i] == BALANCE_STEP) c->mode[i] = BALANCE_FROZEN;
}

// ---- one robot, in axes ahead and left --------------------------------------------------------------

struct local { double s, c; };      // sine and cosine of the heading

static struct local local_of(const struct balance_columns *c, int i) {
  struct local l;
  m_sincos(c->heading[i], &l.s, &l.c);
  return l;
}
static void to_local(struct local l, const double from[2], const double p[2], double out[2]) {
  double x = p[0] - from[0], y = p[1] - from[1];
  out[0] = l.c * x + l.s * y;
  out[1] = l.c * y - l.s * x;
}
static void to_world(struct local l, const double from[2], const double p[2], double out[2]) {
  out[0] = from[0] + l.c * p[0] - l.s * p[1];
  out[1] = from[1] + l.s * p[0] + l.c * p[1];
}

// Two soles of one heading, and whether a point is in their hull.
struct soles { double foot[2][2], heel, toe, half; };              // feet in local axes

static bool inside_soles(const struct soles *f, double x, double y) {
  double l = f->foot[RIGHT][0] - f->foot[LEFT][0], w = f->foot[LEFT][1] - f->foot[RIGHT][1];
  double back = smaller(f->foot[LEFT][0], f->foot[RIGHT][0]) + f->heel, front = larger(f->foot[LEFT][0], f->foot[RIGHT][0]) + f->toe;
  double low = smaller(f->foot[LEFT][1], f->foot[RIGHT][1]) - f->half, high = larger(f->foot[LEFT][1], f->foot[RIGHT][1]) + f->half;
  if (x < back - EDGE || x > front + EDGE || y < low - EDGE || y > high + EDGE) return false;

  for (int corner = 0; corner < 4; corner++) {
    double ox = corner & 1 ? f->toe : f->heel, oy = corner & 2 ? f->half : -f->half;
    double ax = f->foot[LEFT][0] + ox, ay = f->foot[LEFT][1] + oy, cross = l * (y - ay) + w * (x - ax);

    // the line from a corner of one box to the like corner of the other bounds the hull when both boxes lie on one side of it
    double least = 0, most = 0;
    for (int k = 0; k < 4; k++) {
      double kx = (k & 1 ? f->toe : f->heel) - ox, ky = (k & 2 ? f->half : -f->half) - oy, v = l * ky + w * kx;
      least = smaller(least, v), most = larger(most, v);
    }
    if (least >= 0 && cross < -EDGE) return false;
    if (most <= 0 && cross > EDGE) return false;
  }
  return true;
}

// The point of the line from a (inside the soles) to b that is farthest on, by bisection; b itself when it is inside.
static bool cut_to_soles(const struct soles *f, const double a[2], double b[2]) {
  if (inside_soles(f, b[0], b[1])) return true;
  double low = 0, high = 1;
  for (int k = 0; k < 40; k++) {
    double m = 0.5 * (low + high);
    if (inside_soles(f, a[0] + m * (b[0] - a[0]), a[1] + m * (b[1] - a[1]))) low = m;
    else high = m;
  }
  for (int k = 0; k < 2; k++) b[k] = a[k] + low * (b[k] - a[k]);
  return false;
}

// Does one foot alone stand? A robot that froze in mid-step keeps the other one in the air.
static bool on_one_foot(const struct balance_columns *c, int i) {
  return c->mode[i] == BALANCE_STEP ? c->phase[i] >= c->both[i] : c->mode[i] == BALANCE_FROZEN && c->phase[i] > c->both[i];
}

static struct soles soles_of(const struct balance_params *p, const struct balance_columns *c, int i, struct local l) {
  struct soles f = {.heel = p->heel, .toe = p->toe, .half = p->half_width};
  for (int s = 0; s < 2; s++) to_local(l, c->foot[i][LEFT], c->foot[i][s], f.foot[s]);
  return f;
}

// Towards the other foot, seen from the one that stands: +1 or -1 along local y.
static double towards_of(int stance) { return stance == LEFT ? -1 : 1; }

static bool walking(const struct balance_columns *c, int i) { return c->command[i][0] != 0 || c->command[i][1] != 0; }

// One axis of a step: the intervals from which the centre of pressure (cop) and xi at touch-down (landing) can be chosen.
struct axis { double cop_low, cop_high, wish, xi, grow; };

static double landing_of(const struct axis *a, double cop) { return cop + (a->xi - cop) * a->grow; }

// Hold xi at touch-down in low .. high, SPARE inside where that can be, with a centre of pressure as near to the wish as can be. false: not
// possible.
static bool steer(const struct axis *a, double low, double high, double *cop, double *landing) {
  double least = landing_of(a, a->cop_high), most = landing_of(a, a->cop_low);       // xi runs away from the centre of pressure
  bool can = larger(low, least) <= smaller(high, most) + EDGE;
  double spare = clamp(0.25 * (high - low), 0, SPARE);
  low += spare, high -= spare;
  *cop = clamp(a->wish, a->cop_low, a->cop_high);
  *landing = clamp(landing_of(a, *cop), low, high);
  if (*landing != landing_of(a, *cop) && a->grow > 1 + EDGE)
    *cop = clamp((*landing - a->xi * a->grow) / (1 - a->grow), a->cop_low, a->cop_high);
  *landing = landing_of(a, *cop);
  return can;
}

// Where the swing foot shall land and where the standing one presses meanwhile, relative to the standing ankle (local axes): so that
// the fewest further steps end at rest, and within that as a steady walk has it.
static void plan_step(const struct balance_params *p, const struct balance_columns *c, int i, const double xi[2], double target[2], double cop[2]) {
  double left = p->swing_time - c->phase[i], side = towards_of(c->stance[i]), whole = m_exp(p->rate * p->swing_time), hw = p->half_width;
  bool on = walking(c, i);
  struct axis x = {p->heel, p->toe, p->rest, xi[0], m_exp(p->rate * (left > 0 ? left : 0))}, y = {-hw, hw, 0, side * xi[1], x.grow};
  struct axis first = y;
  double both = c->both[i] - c->phase[i], apart = p->width;
  if (both > 0) {
    double grow = m_exp(p->rate * both);
    y.grow = m_exp(p->rate * (p->swing_time - c->both[i]));
    first = (struct axis){-hw, apart + hw, y.xi, y.xi, grow};
  }
  if (!on) x.wish = xi[0] > p->heel && xi[0] < p->toe ? xi[0] + p->gain * (xi[0] - p->rest) : xi[0], y.wish = y.xi;

  struct balance_region r[BALANCE_STEPS_MAX + 1];
  double landing[2], side_cop, first_cop = 0;
  regions(p, BALANCE_STEPS_MAX + 1, r);
  int n = on ? BALANCE_STEPS_MAX : 0;
  for (;; n++) {
    bool along = steer(&x, r[n].back - p->step_back, r[n].ahead + p->step_ahead, &cop[0], &landing[0]);
    double low = p->step_near - r[n].towards, high = p->step_far - r[n].away;
    bool across = true;
    if (both > 0) {
      // first between the feet to where one foot alone can go on from
      across = steer(&first, -hw + (low + hw) / y.grow, hw + (high - hw) / y.grow, &first_cop, &y.xi);
      y.wish = on ? 0 : y.xi;
    }
    across = steer(&y, low, high, &side_cop, &landing[1]) && across;
    if ((along && across) || n == BALANCE_STEPS_MAX) break;
  }
  cop[1] = side * (both > 0 ? first_cop : side_cop);

  // xi ahead of the new foot by length / (e^wT - 1), and inside of it by width / (e^wT + 1), goes on for ever
  double ahead = p->rest + c->command[i][0] * p->swing_time / (whole - 1);
  double inside = p->width / (whole + 1) - side * c->command[i][1] * p->swing_time / (whole - 1);
  ahead = clamp(ahead, r[n].back, r[n].ahead), inside = clamp(inside, r[n].away, r[n].towards);
  target[0] = clamp(landing[0] - ahead, -p->step_back, p->step_ahead);
  target[1] = side * clamp(landing[1] + inside, p->step_near, p->step_far);
}

// ---- changes of mode --------------------------------------------------------------------------------

static void begin_fall(const struct balance_params *p, struct balance_columns *c, int i) {
  // a rigid pendulum about the centre of pressure, in the plane of the way xi takes from it: there the mass goes over
  double xi[2], u[2], lean = 0, rate = 0;
  balance_capture_point(p, c, i, xi);
  for (int k = 0; k < 2; k++) u[k] = xi[k] - c->cop[i][k];
  double r = m_sqrt(u[0] * u[0] + u[1] * u[1]);
  for (int k = 0; k < 2 && r > 0; k++) lean += u[k] / r * (c->com[i][k] - c->cop[i][k]), rate += u[k] / r * c->vel[i][k];
  c->mode[i] = BALANCE_FALLING;
  c->lean[i] = m_atan2(lean, p->com_height);
  c->lean_rate[i] = rate / p->com_height;
  if (c->lean[i] < 1e-3 && c->lean_rate[i] < 1e-2) c->lean[i] = 1e-3;
  c->events[i] |= BALANCE_EVENT_FALL;
}

static void lift_other(struct balance_columns *c, int i, int stance, double both) {
  c->stance[i] = (uint8_t)stance;
  c->mode[i] = BALANCE_STEP;
  c->phase[i] = 0;
  c->both[i] = both;
  for (int k = 0; k < 2; k++) c->lift[i][k] = c->foot[i][!stance][k];
  c->events[i] |= BALANCE_EVENT_LIFT;
}

// Which foot stands while the other steps: the one from which the fewest steps do with SURE to spare, else the one with most to spare; a walk goes
// on with the one that stood.
static void begin_step(const struct balance_params *p, struct balance_columns *c, int i, struct local l) {
  double xi[2], at[2], depth, deepest = 0;
  int stance = -1, fewest = 0;
  balance_capture_point(p, c, i, xi);
  for (int sure = 1; sure >= 0 && (stance < 0 || fewest > BALANCE_STEPS_MAX); sure--) {
    for (int s = 0; s < 2; s++) {
      to_local(l, c->foot[i][s], xi, at);
      int n = steps_needed(p, at[0], at[1] * towards_of(s), true, sure ? SURE : -EDGE, &depth);
      if (walking(c, i) && n <= BALANCE_STEPS_MAX) n = s == c->stance[i] ? 0 : 1;
      else if (!sure && n <= BALANCE_STEPS_MAX) n = BALANCE_STEPS_MAX, depth = depth_of(p, n, at[0], at[1] * towards_of(s), true);
      if (stance < 0 || n < fewest || (n == fewest && depth > deepest)) stance = s, fewest = n, deepest = depth;
    }
  }
  lift_other(c, i, stance, p->reaction);
  if (fewest > BALANCE_STEPS_MAX) begin_fall(p, c, i);
}

static void land(const struct balance_params *p, struct balance_columns *c, int i, struct local l) {
  int swing = !c->stance[i];
  double xi[2], at[2], depth;
  for (int k = 0; k < 2; k++) c->foot[i][swing][k] = c->target[i][k];
  c->steps[i]++;
  c->events[i] |= BALANCE_EVENT_LAND;
  balance_capture_point(p, c, i, xi);
  to_local(l, c->foot[i][LEFT], xi, at);
  struct soles f = soles_of(p, c, i, l);
  c->mode[i] = BALANCE_STAND;
  c->stance[i] = (uint8_t)swing;
  c->phase[i] = 0;
  if (inside_soles(&f, at[0], at[1]) && !walking(c, i)) return;

  // go on: the foot that has landed stands
  to_local(l, c->foot[i][swing], xi, at);
  lift_other(c, i, swing, 0);
  if (steps_needed(p, at[0], at[1] * towards_of(swing), false, -EDGE, &depth) > BALANCE_STEPS_MAX) begin_fall(p, c, i);
}

static double smooth(double s) { return s <= 0 ? 0 : s >= 1 ? 1 : s * s * s * (10 + s * (6 * s - 15)); }

void balance_stumble(const struct balance_params *p, struct balance_columns *c, int i) {
  if (c->mode[i] != BALANCE_STEP || c->phase[i] <= c->both[i]) return;
  double time = p->swing_time - c->both[i], share = (c->phase[i] - c->both[i]) / time, r = clamp(share * (1 - share), 0, 0.25), here[2];
  for (int k = 0; k < 2; k++) {
    double way = c->target[i][k] - c->lift[i][k];
    here[k] = c->lift[i][k] + smooth(share) * way;
    c->vel[i][k] -= p->leg_mass / p->mass * way * 30 * r * r / time;     // the quintic's speed, stopped
    c->target[i][k] = here[k];
  }
  land(p, c, i, local_of(c, i));
}

// ---- a tick -----------------------------------------------------------------------------------------

// The linear inverted pendulum over c->cop for t seconds, exact.
static void swing_over(const struct balance_params *p, struct balance_columns *c, int i, double t) {
  double e = m_exp(p->rate * t), co = 0.5 * (e + 1 / e), si = 0.5 * (e - 1 / e);
  for (int k = 0; k < 2; k++) {
    double x = c->com[i][k] - c->cop[i][k], v = c->vel[i][k];
    c->com[i][k] = c->cop[i][k] + x * co + v / p->rate * si;
    c->vel[i][k] = x * p->rate * si + v * co;
  }
}

bool balance_slides(const double slide[2], const double force[2], double most, double mass, double dt, double by[2]) {
  double need = m_sqrt(force[0] * force[0] + force[1] * force[1]), speed = m_sqrt(slide[0] * slide[0] + slide[1] * slide[1]);
  by[0] = by[1] = 0;
  if (speed == 0 && need <= most) return false;
  for (int k = 0; k < 2; k++) by[k] = ((speed > 0 ? -most * slide[k] / speed : most * force[k] / need) - force[k]) / mass;
  // it sticks again when the slide would turn round
  double next[2] = {slide[0] + by[0] * dt, slide[1] + by[1] * dt};
  if (!(speed > 0 && next[0] * slide[0] + next[1] * slide[1] <= 0 && need <= most)) return true;
  for (int k = 0; k < 2; k++) by[k] = -slide[k] / dt;
  return false;
}

// What the floor's friction does in dt: where the pendulum needs more than it gives the feet slide, and all that stands on them.
static void slide(const struct balance_params *p, struct balance_columns *c, int i, struct local l, double dt) {
  double force[2], by[2], press[2], at[2], speed = 0;
  for (int k = 0; k < 2; k++) force[k] = GRAVITY * (c->com[i][k] - c->cop[i][k]) / p->com_height;
  c->demand[i] = m_sqrt(force[0] * force[0] + force[1] * force[1]) / GRAVITY;
  bool slides = balance_slides(c->slide[i], force, c->friction[i] * GRAVITY, 1, dt, by);
  if (slides) c->events[i] |= BALANCE_EVENT_SLIP;
  if (by[0] == 0 && by[1] == 0) return;

  // the body holds its posture: that moves the pressure
  struct soles f = soles_of(p, c, i, l);
  bool one = on_one_foot(c, i);
  double rest[2];
  for (int k = 0; k < 2; k++) press[k] = c->cop[i][k] - p->com_height * by[k] / GRAVITY;
  if (one) for (int s = 0; s < 2; s++) for (int k = 0; k < 2; k++) f.foot[s][k] = f.foot[c->stance[i]][k];
  rest[0] = 0.5 * (f.foot[LEFT][0] + f.foot[RIGHT][0]) + p->rest, rest[1] = 0.5 * (f.foot[LEFT][1] + f.foot[RIGHT][1]);
  to_local(l, c->foot[i][LEFT], press, at);
  double held[2] = {at[0], at[1]};
  cut_to_soles(&f, rest, held);
  to_world(l, c->foot[i][LEFT], held, at);
  for (int k = 0; k < 2; k++) {
    // what the soles do not hold of it throws the body: m g (press - held) is moment about the floor
    c->vel[i][k] += dt * GRAVITY / p->com_height * (press[k] - at[k]);
    double drift = dt * (c->slide[i][k] + 0.5 * dt * by[k]);
    c->slide[i][k] += dt * by[k];
    c->com[i][k] += drift, c->cop[i][k] += drift;
    for (int s = 0; s < 2; s++) if (!one || s == c->stance[i]) c->foot[i][s][k] += drift;
    speed += c->slide[i][k] * c->slide[i][k];
  }
  c->slid[i] += dt * m_sqrt(speed);
}

static void tick_fall(const struct balance_params *p, struct balance_columns *c, int i, double dt) {
  // m l^2 (1 + (k/l)^2) lean'' = m g l sin lean
  double l = p->com_height, inertia = l * (1 + p->gyration * p->gyration / (l * l));
  c->lean_rate[i] += dt * GRAVITY / inertia * m_sin(c->lean[i]);
  c->lean[i] += dt * c->lean_rate[i];
  if (c->lean[i] < TOUCH_ANGLE) return;
  c->lean[i] = TOUCH_ANGLE;
  c->energy[i] = 0.5 * p->mass * l * inertia * c->lean_rate[i] * c->lean_rate[i];
  c->lean_rate[i] = 0;
  c->vel[i][0] = c->vel[i][1] = 0;
  c->mode[i] = BALANCE_LYING;
  c->events[i] |= BALANCE_EVENT_DOWN;
}

// Standing on both feet: the ankles' answer. Returns false when a step is needed.
static bool tick_stand(const struct balance_params *p, struct balance_columns *c, int i, struct local l) {
  struct soles f = soles_of(p, c, i, l);
  double xi[2], at[2], rest[2] = {0.5 * (f.foot[LEFT][0] + f.foot[RIGHT][0]) + p->rest, 0.5 * (f.foot[LEFT][1] + f.foot[RIGHT][1])};
  balance_capture_point(p, c, i, xi);
  to_local(l, c->foot[i][LEFT], xi, at);
  bool in = inside_soles(&f, at[0], at[1]);
  double off = larger(at[0] > rest[0] ? at[0] - rest[0] : rest[0] - at[0], at[1] > rest[1] ? at[1] - rest[1] : rest[1] - at[1]);
  double speed = m_sqrt(c->vel[i][0] * c->vel[i][0] + c->vel[i][1] * c->vel[i][1]);
  double want[2] = {at[0] + p->gain * (at[0] - rest[0]), at[1] + p->gain * (at[1] - rest[1])};
  cut_to_soles(&f, rest, want);
  to_world(l, c->foot[i][LEFT], want, c->cop[i]);
  if (off >= REST_XI) {
    if (c->phase[i] < 0) c->steps[i] = 0;
    c->phase[i] = 0;
  } else if (speed < REST_SPEED && c->phase[i] >= 0 && c->slide[i][0] == 0 && c->slide[i][1] == 0) {
    c->phase[i] = -1;               // at rest until something moves it again
    c->slid[i] = 0;
    c->events[i] |= BALANCE_EVENT_REST;
  }
  return in;
}

static void tick_step(const struct balance_params *p, struct balance_columns *c, int i, struct local l) {
  double xi[2], at[2], target[2], cop[2];
  balance_capture_point(p, c, i, xi);
  to_local(l, c->foot[i][c->stance[i]], xi, at);
  plan_step(p, c, i, at, target, cop);
  if (c->phase[i] < c->both[i]) {
    // feet that are not abreast leave less room between them
    struct soles f = soles_of(p, c, i, l);
    double shift[2], rest[2] = {0.5 * (f.foot[LEFT][0] + f.foot[RIGHT][0]) + p->rest, 0.5 * (f.foot[LEFT][1] + f.foot[RIGHT][1])};
    for (int k = 0; k < 2; k++) shift[k] = f.foot[c->stance[i]][k], cop[k] += shift[k];
    cut_to_soles(&f, rest, cop);
    for (int k = 0; k < 2; k++) cop[k] -= shift[k];
  }
  to_world(l, c->foot[i][c->stance[i]], target, c->target[i]);
  to_world(l, c->foot[i][c->stance[i]], cop, c->cop[i]);
}

// Brakes on: the floor can still press anywhere under the soles, as it does under a block.
static bool tick_frozen(const struct balance_params *p, struct balance_columns *c, int i, struct local l) {
  struct soles f = soles_of(p, c, i, l);
  double xi[2], at[2], rest[2];
  if (on_one_foot(c, i)) for (int s = 0; s < 2; s++) for (int k = 0; k < 2; k++) f.foot[s][k] = f.foot[c->stance[i]][k];
  balance_capture_point(p, c, i, xi);
  to_local(l, c->foot[i][LEFT], xi, at);
  rest[0] = 0.5 * (f.foot[LEFT][0] + f.foot[RIGHT][0]) + p->rest, rest[1] = 0.5 * (f.foot[LEFT][1] + f.foot[RIGHT][1]);
  bool in = inside_soles(&f, at[0], at[1]);
  cut_to_soles(&f, rest, at);
  to_world(l, c->foot[i][LEFT], at, c->cop[i]);
  return in;
}

static bool tick(const struct balance_params *p, struct balance_columns *c, int i, double dt) {
  struct local l = local_of(c, i);
  c->events[i] = 0;
  if (c->mode[i] == BALANCE_LYING) return false;
  if (c->mode[i] == BALANCE_FALLING) { tick_fall(p, c, i, dt); return false; }
  if (c->mode[i] == BALANCE_FROZEN) {
    if (!tick_frozen(p, c, i, l)) begin_fall(p, c, i);
    else slide(p, c, i, l, dt), swing_over(p, c, i, dt);
    return c->mode[i] == BALANCE_FALLING;
  }
  if (c->mode[i] == BALANCE_STAND && (walking(c, i) || !tick_stand(p, c, i, l))) begin_step(p, c, i, l);

  // up to the touch-down, then what is left of the tick on the new foot
  double left = dt;
  while (left > 0 && c->mode[i] == BALANCE_STEP) {
    tick_step(p, c, i, l);
    double part = smaller(left, p->swing_time - c->phase[i]);
    if (c->phase[i] < c->both[i]) part = smaller(part, c->both[i] - c->phase[i] + 1e-12);
    slide(p, c, i, l, part);
    swing_over(p, c, i, part);
    c->phase[i] += part;
    left -= part;
    if (c->phase[i] >= p->swing_time - 1e-12) land(p, c, i, l);
  }
  if (c->mode[i] == BALANCE_STAND && left > 0) {
    if (left < dt) tick_stand(p, c, i, l);
    slide(p, c, i, l, left);
    swing_over(p, c, i, left);
  }
  return (c->events[i] & BALANCE_EVENT_FALL) != 0;
}

int balance_step(const struct balance_params *p, struct balance_columns *c, int from, int to, double dt) {
  int falls = 0;
  assert(dt > 0);
  assert(dt <= 0.05);
  for (int i = from; i < to; i++) falls += tick(p, c, i, dt);
  return falls;
}

// ---- one push ---------------------------------------------------------------------------------------

struct balance_outcome balance_try_push(const struct balance_params *p, double impulse, double direction, double friction, double rate_hz) {
  double memory[64], s, k, dt = 1 / rate_hz;
  struct balance_outcome o = {0};
  assert(balance_columns_size(1) <= sizeof memory);
  struct balance_columns c = balance_columns_init(memory, 1);
  balance_stand(p, &c, 0, 0, 0, 0, friction);
  m_sincos(direction, &s, &k);
  balance_push(p, &c, 0, impulse * k, impulse * s);
  double start[2] = {c.com[0][0], c.com[0][1]};
  while (o.time < TRY_MAX && !o.recovered && !(c.mode[0] == BALANCE_LYING)) {
    balance_step(p, &c, 0, 1, dt);
    o.time += dt;
    o.friction_demand = larger(o.friction_demand, c.demand[0]);
    o.slid = larger(o.slid, c.slid[0]);
    o.recovered = (c.events[0] & BALANCE_EVENT_REST) != 0;
  }
  double x = c.com[0][0] - start[0], y = c.com[0][1] - start[1];
  o.fell = c.mode[0] == BALANCE_FALLING || c.mode[0] == BALANCE_LYING;
  o.steps = c.steps[0];
  o.moved = m_sqrt(x * x + y * y);
  o.impact_energy = c.energy[0];
  return o;
}
