#include "robots/transition.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define READY        0.42           // s    on both feet at the start and the end, at least; a guess
#define READY_MOST   1.0            // s    a person's first step begins after 0.5-0.8 s
#define SHIFT        0.30           // s    of it to move the load onto one foot, a guess
#define DETOUR       0.7            // 1    of half a sole: how far the pressure may go back before the first step, and ahead after the last
#define DETOUR_SIDE  1.0            // 1    of the half way between the feet: how far it may go to the side
#define LOOKS        16             // samples of the pressure's way
#define RATE_LEAST   0.50           // 1    of sqrt(g / leg): slow walking keeps this rate, a guess
#define SPOT_PERIOD  1.55           // 1    of sqrt(leg / g): a step on the spot, a guess
#define LAUNCH_BACK  0.11           // 1    of the leg: how much farther back the last walking foot before a jog stands; less asks more friction of the one before. A guess
#define STRIDE_LEAST 0.18           // 1    of the leg: shorter steps are flat-footed

static double size_of(double x) { return x < 0 ? -x : x; }
static double larger(double a, double b) { return a > b ? a : b; }
static double smaller(double a, double b) { return a < b ? a : b; }

// ---- length and time of a step ----------------------------------------------------------------------

static struct gait_wish ahead_with(const struct gait_wish *wish, double speed) {
  struct gait_wish w = *wish;
  w.speed = speed;
  w.side_speed = w.turn_rate = 0;
  return w;
}

static double rate_at(const struct humanoid *h, const struct gait_wish *wish, double speed) {
  struct gait_wish w = ahead_with(wish, speed);
  return larger(walk_rate_of(h, &w), RATE_LEAST * m_sqrt(GRAVITY / h->leg_length));
}

static struct walk_style style_at(const struct humanoid *h, const struct gait_wish *wish, double speed) {
  struct gait_wish w = ahead_with(wish, speed);
  struct walk_style s = walk_style_of(h, &w);
  s.step_rate = larger(s.step_rate, RATE_LEAST * m_sqrt(GRAVITY / h->leg_length));
  return s;
}

double step_length_at(const struct humanoid *h, const struct gait_wish *wish, double speed) {
  return speed / rate_at(h, wish, speed);
}

// Speed at which steps are as long as that: false position, halving the end that stays (Dowell & Jarratt 1971).
static double speed_of(const struct humanoid *h, const struct gait_wish *wish, double length) {
  double low = 0, high = 4, below = -length, above = step_length_at(h, wish, high) - length;
  if (length <= 0 || above <= 0) return length <= 0 ? 0 : high;
  for (int k = 0; k < 40 && high - low > 1e-12; k++) {
    double m = (low * above - high * below) / (above - below), miss = step_length_at(h, wish, m) - length;
    if (miss * miss < 1e-24) return m;
    if (miss < 0) low = m, below = miss, above *= 0.5;
    else high = m, above = miss, below *= 0.5;
  }
  return low;
}

// rate: 1/s  of steps as long as that.
static double period_at(const struct humanoid *h, const struct gait_wish *wish, double length, double rate) {
  double spot = SPOT_PERIOD * m_sqrt(h->leg_length / GRAVITY), whole = step_length_at(h, wish, wish->speed);
  double period = 1 / rate, share = smooth_step(length / whole);
  return spot < period ? spot + (period - spot) * share : period;
}

double step_period_of(const struct humanoid *h, const struct gait_wish *wish, double length) {
  return period_at(h, wish, length, rate_at(h, wish, speed_of(h, wish, length)));
}

double step_single(const struct humanoid *h, const struct gait_wish *wish) {
  struct walk_style s = style_at(h, wish, wish->speed);
  return (1 - s.double_support) / s.step_rate;
}

// ---- footsteps --------------------------------------------------------------------------------------

static struct v3 ankle_of(const struct stand *stand, const struct step_target *t, enum side side) {
  double s, c, y = stand->ankle_y + (side == LEFT ? stand->half_width : -stand->half_width);
  m_sincos(t->yaw, &s, &c);
  return v3_add(t->place, v3(c * stand->ankle_x - s * y, s * stand->ankle_x + c * y, m_sin(t->slope) / m_cos(t->slope) * stand->ankle_x));
}

// Way ahead from one target to the next, m.
static double ahead_of(const struct step_target *a, const struct step_target *b) {
  double s, c;
  m_sincos(0.5 * (a->yaw + b->yaw), &s, &c);
  return c * (b->place.x - a->place.x) + s * (b->place.y - a->place.y);
}

// How much lower the root stands on a slope with its knees as on the level: the ankles are lower, and farther back.
static double slope_drop(const struct humanoid *h, const struct stand *stand, double slope) {
  double s, c, leg = h->leg_length - h->sole.height, x = stand->ankle_x, height = h->sole.height;
  m_sincos(slope, &s, &c);
  double level = m_sqrt(leg * leg - x * x), back = x - height * s, down = m_sqrt(leg * leg - back * back);
  return level - down + height * (1 - c) - s / c * x;
}

// A flat foot whose pressure stays where it is at rest.
static struct footstep resting(const struct stand *stand, const struct step_target *t, enum side side, double clearance) {
  return (struct footstep){.side = side, .position = ankle_of(stand, t, side), .yaw = t->yaw + t->foot, .slope = t->slope, .land = -1e9, .lift = 1e9,
                           .flat = -1e9, .heel_off = 1e9, .cop_start = stand->rest, .cop_end = stand->rest, .clearance = clearance};
}

// What steady walking would do on this step: heel strike, roll and toe-off grow with the step's length, from none.
struct step_shape { double period, over, share, walk; struct walk_style style; };      // walk: s  of the step as walked

static struct step_shape shape_of(const struct humanoid *h, const struct gait_wish *wish, double length, double period_most) {
  struct step_shape s;
  s.style = style_at(h, wish, speed_of(h, wish, length));
  s.period = smaller(period_at(h, wish, length, s.style.step_rate), period_most);
  s.walk = s.period;
  s.over = s.style.double_support * s.period;
  double least = STRIDE_LEAST * h->leg_length;
  s.share = smooth_step((length - 0.5 * least) / least);
  return s;
}

// ---- a plan -----------------------------------------------------------------------------------------

static enum status allocate(struct step_plan *p, int count, const char *name, struct error *e) {
  memset(p, 0, sizeof *p);
  p->count = count + 2;
  p->marks = count + 1;
  p->step = calloc((size_t)p->count, sizeof *p->step);
  p->mark = calloc((size_t)p->marks, sizeof *p->mark);
  if (p->step && p->mark) return STATUS_OK;
  step_plan_finish(p);
  return error_at(e, STATUS_MEMORY, name, 0, 0, "a plan of %d steps", count);
}

void step_plan_finish(struct step_plan *p) {
  free(p->step);
  free(p->mark);
  memset(p, 0, sizeof *p);
}

// Heel strike and where the pressure begins. A foot that the walk ends on (rests) is loaded from the heel too, but not off centre.
static void set_landing(struct footstep *s, const struct stand *stand, const struct step_shape *in, bool rests) {
  const struct walk_style *y = &in->style;
  s->strike = y->strike * in->share;
  s->flat = s->strike > 0 ? s->land + in->over : s->land;
  s->cop_start = stand->rest + (y->cop_back - stand->rest) * (s->strike > 0 ? 1 : 0.5 * in->share);
  s->clearance = y->clearance;
  s->cop_inward = rests ? 0 : y->cop_inward * in->share;
}

// Heel-off, and where the pressure is before the foot leaves.
static void set_leaving(struct footstep *s, const struct step_shape *swing, double period, double over) {
  if (swing->share <= 0) return;
  s->toe_off = swing->style.toe_off * swing->share;
  s->toe_off_rate = swing->style.toe_off_rate * swing->share;
  if (s->toe_off <= 0) return;
  s->heel_off = s->lift - over - (1 - swing->style.heel_off) * period;
  s->cop_end = swing->style.cop_ahead;
}

// ---- jogging ----------------------------------------------------------------------------------------

// Does the foot of target i land from flight?
static bool flies(const struct step_target *target, int i) { return target[i].run > 0 || (i > 0 && target[i - 1].run > 0); }

// Speed at which the body passes over the foot of target i: of walking feet around a jog by the walking step beside them.
static double passing(const struct step_target *target, int i, const struct step_shape *shape) {
  if (target[i].run > 0) return target[i].run;
  bool after = i > 0 && target[i - 1].run > 0;
  const struct v3 *a = &target[after ? i : i - 1].place, *b = &target[after ? i + 1 : i].place;
  double x = b->x - a->x, y = b->y - a->y;
  return m_sqrt(x * x + y * y) / shape[after ? i + 1 : i].walk;
}

// Times of the steps of a jog, and of the first of the walk after it.
static void set_flights(struct step_shape *shape, const struct humanoid *h, const struct gait_wish *wish, const struct step_target *target, int count,
                        const struct jog_pace *pace) {
  double single = step_single(h, wish), before = 0;
  for (int i = 1; i < count; i++) {
    double contact = target[i - 1].run > 0 ? jog_contact(pace, target[i - 1].run) : single;
    if (flies(target, i)) {
      double flight = jog_flight(pace, h, 0.5 * (passing(target, i - 1, shape) + passing(target, i, shape)));
      shape[i].over = -flight;
      shape[i].period = before + contact;
      before = flight;
    } else if (before > 0) {
      shape[i].period = before + contact + shape[i].over;
      before = 0;
    }
  }
}

// How far behind the body a foot stands half way through its stance so that the body is faster after it: for a pendulum of height z, with dv = g T x / z.
static double behind(const struct step_target *target, int i, const struct step_shape *shape, const struct jog_pace *pace) {
  double here = passing(target, i, shape), before = flies(target, i) ? passing(target, i - 1, shape) : here, after = flies(target, i + 1) ? passing(target, i + 1, shape) : here;
  return 0.5 * (after - before) * pace->slip.length / (GRAVITY * shape[i + 1].period);
}

static void move_foot(struct footstep *s, double back) {
  double sn, c;
  m_sincos(s->yaw, &sn, &c);
  s->position = v3_sub(s->position, v3(c * back, sn * back, 0));
}

// A foot that lands from flight, on its ball, and one that leaves into it.
static void set_ball(struct footstep *s, const struct humanoid *h, const struct stand *stand, const struct step_target *t, const struct jog_pace *pace, double contact) {
  const struct jog_style *y = &pace->style;
  double sn, c, ahead = stand->ankle_x + stand->rest - h->sole.ball, left = stand->ankle_y + (s->side == LEFT ? y->half_width : -y->half_width);
  m_sincos(t->yaw, &sn, &c);
  s->position = v3_add(t->place, v3(c * ahead - sn * left, sn * ahead + c * left, 0));
  s->strike = -y->strike;
  s->strike_rate = y->strike_ratio * y->strike / (y->flat * contact);
  s->flat = s->land + y->flat * contact;
  s->cop_start = s->cop_end = h->sole.ball;
  s->clearance = y->clearance;
}

static void set_launch(struct footstep *s, const struct humanoid *h, const struct jog_pace *pace, double contact) {
  const struct jog_style *y = &pace->style;
  double roll = (1 - y->heel_off) * contact;
  s->heel_off = s->lift - roll;
  s->toe_off = y->toe_off;
  s->toe_off_rate = y->toe_off_ratio * y->toe_off / roll;
  s->cop_end = h->sole.ball;
}

// ---- at rest ------------------------------------------------------------------------------------------

// Where foot i's pressure is on average, seen without load: so that times do not depend on it.
static struct v3 pressure_of(const struct step_plan *p, const struct stand *stand, const struct step_target *from, const struct step_target *target, int i) {
  const struct footstep *f = &p->step[i];
  struct stand plain = {.half_width = stand->half_width};
  struct v3 ankle = ankle_of(&plain, i < 2 ? from : &target[i - 2], f->side);
  double s, c, along = 0.5 * (f->cop_start + f->cop_end);
  m_sincos(f->yaw, &s, &c);
  return v3(ankle.x + c * along, ankle.y + s * along, 0);
}

// What the pressure's way at an end comes to for a body at rest there, m ahead and m to the left: with w^2 = g / z, w int e^(-wt) (p - rest) dt from
// the first lift on (back from the last landing); the pressure held in the middle of each foot's way. Load that goes onto the
// standing foot before that counts too.
static struct v3 pull_of(const struct step_plan *p, const struct stand *stand, const struct step_target *from, const struct step_target *target, bool end, double w) {
  int n = p->count, by = end ? -1 : 1;
  const struct step_target *at = end ? &target[n - 3] : from;
  double zero = end ? p->step[n - 1].land : p->step[0].lift, s, c, before = 1;
  struct v3 sum = v3(0, 0, 0);
  m_sincos(at->yaw, &s, &c);
  for (int k = 0; k < LOOKS; k++) {
    double share = (k + 0.5) / LOOKS;
    sum.y += w * SHIFT / LOOKS * m_exp(w * SHIFT * share) * smooth_step(1 - share) * (p->step[end ? n - 2 : 1].side == LEFT ? stand->half_width : -stand->half_width);
  }
  for (int i = end ? n - 2 : 1;; i += by) {
    const struct footstep *f = &p->step[i];
    bool last = end ? i < 2 : i >= n - 2;
    double change = last ? 1e9 : end ? zero - 0.5 * (f->land + p->step[i - 1].lift) : 0.5 * (p->step[i + 1].land + f->lift) - zero;
    double after = last ? 0 : m_exp(-w * change);
    struct v3 x = v3_sub(pressure_of(p, stand, from, target, i), at->place);
    sum.x += (before - after) * (c * x.x + s * x.y - stand->rest);
    sum.y += (before - after) * (c * x.y - s * x.x);
    before = after;
    if (last) return sum;
  }
}

// Time on both feet in which a bump of the pressure (robots/motion.h) within the soles, and between the feet, makes up for it. By the leg's length, not
// by the centre of mass, so that it does not depend on the load.
static double ready_for(const struct humanoid *h, double w, struct v3 pull) {
  double ahead = size_of(pull.x) / (DETOUR * 0.5 * (h->sole.ball - h->sole.heel)), left = size_of(pull.y) / (DETOUR_SIDE * h->hip_half);
  double low = READY, high = READY_MOST;
  for (int k = 0; k < 12; k++) {
    double ready = k ? 0.5 * (low + high) : low, weight = 0;
    for (int i = 1; i < LOOKS; i++) {
      double s = (double)i / LOOKS, r = s * (1 - s);
      weight += ready / LOOKS * m_exp(-w * s * ready) * 64 * r * r * r;
    }
    bool enough = larger(ahead, left) * m_exp(-w * ready) <= w * weight;
    if (!k && enough) return ready;
    if (enough) high = ready;
    else low = ready;
  }
  return high;
}

static void delay(struct footstep *s, double by) { s->land += by, s->lift += by, s->flat += by, s->heel_off += by; }

enum status step_plan_make(struct step_plan *p, const struct humanoid *h, const struct stand *stand, const struct gait_wish *wish,
                           struct step_target from, enum side first, const struct step_target *target, int count, const struct jog_pace *pace, double ready, struct error *e) {
  assert(count >= 1);
  enum status status = allocate(p, count, h->model->name, e);
  if (status) return status;
  struct step_shape *shape = malloc(sizeof *shape * 2 * (size_t)count), *swing = shape + count;
  if (!shape) {
    step_plan_finish(p);
    return error_at(e, STATUS_MEMORY, h->model->name, 0, 0, "a plan of %d steps", count);
  }
  // shapes by the way between the two feet (landing) and by half the way that the foot itself goes (leaving)
  double known[2] = {-1, -1}, before = 0;
  struct step_shape last[2];
  for (int i = 0; i < count; i++) {
    double way = larger(ahead_of(i ? &target[i - 1] : &from, &target[i]), 0), length[2] = {way, (before + way) / 2};
    for (int k = 0; k < 2; k++) {
      if (length[k] != known[k]) last[k] = shape_of(h, wish, length[k], 1e9), known[k] = length[k];
      shape[k * count + i] = last[k];
    }
    before = way;
  }

  // the last target, and the first, are reached from a stand: the closing step takes the time of the one before it
  for (int i = 1; i < count; i++)
    if (shape[i].share < shape[i - 1].share) shape[i].period = smaller(shape[i].period, 1.15 * shape[i - 1].period), shape[i].over = shape[i].style.double_support * shape[i].period;

  if (pace) set_flights(shape, h, wish, target, count, pace), p->pace = *pace;

  // times from the first lift: step i is footstep i + 2, and swings from footstep i
  p->step[0] = resting(stand, &from, first, 0);
  p->step[1] = resting(stand, &from, !first, 0);
  double lift = 0;
  p->mark[0] = (struct step_mark){.time = 0, .place = from.place, .yaw = from.yaw};
  p->mark[0].place.z -= slope_drop(h, stand, from.slope);
  for (int i = 0; i < count; i++) {
    struct footstep *s = &p->step[i + 2];
    *s = resting(stand, &target[i], i % 2 ? !first : first, shape[i].style.clearance);
    p->step[i].lift = p->step[i].heel_off = lift;
    s->land = s->flat = lift + shape[i].period - shape[i].over;
    lift += shape[i].period;
  }

  // footstep i leaves with swing i
  for (int i = 0; i < count; i++) {
    // the first foot leaves flat: its pressure stays under the ankle while the other one takes over
    const struct step_shape *roll = flies(target, i) ? &swing[i] : &shape[i];
    if (i > 0 && !(i > 1 && flies(target, i - 1))) set_leaving(&p->step[i], &swing[i], roll->period, roll->over);
    bool on = i + 1 < count && pace && (flies(target, i) || flies(target, i + 1));
    if (!flies(target, i)) {
      if (on) move_foot(&p->step[i + 2], behind(target, i, shape, pace) + LAUNCH_BACK * h->leg_length);
      set_landing(&p->step[i + 2], stand, &shape[i], i >= count - 2);
      p->step[i + 2].aside = footsteps_aside(h, &p->step[i], &p->step[i + 1], &p->step[i + 2]);
      continue;
    }
    set_ball(&p->step[i + 2], h, stand, &target[i], pace, jog_contact(pace, passing(target, i, shape)));
    if (on) move_foot(&p->step[i + 2], behind(target, i, shape, pace));
    set_launch(&p->step[i + 1], h, pace, jog_contact(pace, passing(target, i - 1, shape)));
  }
  double w = m_sqrt(GRAVITY / h->leg_length);
  p->ready[0] = ready > 0 ? ready : ready_for(h, w, pull_of(p, stand, &from, target, false, w));
  p->ready[1] = ready_for(h, w, pull_of(p, stand, &from, target, true, w));
  for (int i = 0; i < p->count; i++) delay(&p->step[i], p->ready[0]);
  p->time = p->step[count + 1].land + p->ready[1];

  // the body is above a foot half way through the next one's swing; with the last it has arrived
  for (int i = 0; i < count; i++) {
    bool on = i + 1 < count;
    double time = on ? 0.5 * (p->step[i + 1].lift + p->step[i + 3].land) : p->time, stride = on ? smaller(shape[i].share, shape[i + 1].share) : 0;
    double arms = on ? 0.5 * (shape[i].style.arm_swing * shape[i].share + shape[i + 1].style.arm_swing * shape[i + 1].share) : 0;
    // between the two feet on the floor
    const struct footstep *foot = &p->step[i + 2], *other = &p->step[i + 1];
    p->mark[i + 1] = (struct step_mark){time, on ? 0.5 * (foot->land + other->lift) : foot->land, target[i].place, 0.5 * (foot->yaw + other->yaw), stride,
                                        shape[i].style.bounce * stride, arms, 0};
    if (target[i].run > 0) p->mark[i + 1].bounce = 0, p->mark[i + 1].swing = pace->style.arm_swing, p->mark[i + 1].run = 1;
  }
  p->mark[count].place.z -= slope_drop(h, stand, target[count - 1].slope);
  free(shape);
  p->footsteps = (struct footsteps){p->step, p->count, SHIFT};
  return STATUS_OK;
}

// ---- the usual transitions --------------------------------------------------------------------------

enum side transition_first(struct step_target from, struct step_target first) {
  // the foot on the side that the body turns or moves to
  double s, c;
  m_sincos(from.yaw, &s, &c);
  double left = -s * (first.place.x - from.place.x) + c * (first.place.y - from.place.y);
  if (size_of(first.yaw - from.yaw) > 1e-9) return first.yaw > from.yaw ? LEFT : RIGHT;
  return left >= -1e-9 ? LEFT : RIGHT;
}

// n equal parts of at most `most`, at least 1.
static int parts(double whole, double most) {
  int n = (int)m_floor(size_of(whole) / most - 1e-9) + 1;
  return n < 1 ? 1 : n;
}

static struct step_target moved(struct step_target t, double ahead, double left) {
  double s, c;
  m_sincos(t.yaw, &s, &c);
  t.place = v3_add(t.place, v3(c * ahead - s * left, s * ahead + c * left, m_sin(t.slope) / m_cos(t.slope) * ahead));
  return t;
}

int transition_side(struct step_target from, double distance, double step_max, struct step_target *target, int capacity) {
  int n = parts(distance, step_max);
  if (2 * n > capacity) return -1;
  for (int i = 0; i < n; i++) target[2 * i] = target[2 * i + 1] = moved(from, 0, distance * (i + 1) / n);
  return 2 * n;
}

int transition_straight(struct step_target from, double distance, double step_max, struct step_target *target, int capacity) {
  int n = parts(distance, step_max);
  if (n + 1 > capacity) return -1;
  for (int i = 0; i <= n; i++) target[i] = moved(from, distance * (i < n ? i + 1 : n) / n, 0);
  return n + 1;
}

int transition_stair(struct step_target from, double ahead, double rise, struct step_target *target, int capacity) {
  if (capacity < 2) return -1;
  target[0] = moved(from, ahead, 0);
  target[0].place.z += rise;
  target[1] = target[0];
  return 2;
}
