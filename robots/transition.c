#include "robots/transition.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define READY        0.75           // s    on both feet at the start and the end: a guess, a person's first step begins after 0.5-0.8 s
#define SHIFT        0.45           // s    of it to move the load onto one foot, a guess
#define RATE_LEAST   0.50           // 1    of sqrt(g / leg): shuffling keeps this rate, a guess
#define STRIDE_LEAST 0.18           // 1    of the leg: shorter steps are flat-footed

static double size_of(double x) { return x < 0 ? -x : x; }
static double larger(double a, double b) { return a > b ? a : b; }
static double smaller(double a, double b) { return a < b ? a : b; }

// ---- length and time of a step ----------------------------------------------------------------------

static struct walk_style style_at(const struct humanoid *h, const struct gait_wish *wish, double speed) {
  struct gait_wish w = *wish;
  w.speed = speed;
  w.side_speed = w.turn_rate = 0;
  struct walk_style s = walk_style_of(h, &w);
  double least = RATE_LEAST * m_sqrt(GRAVITY / h->leg_length);
  if (s.step_rate < least) s.step_rate = least;
  return s;
}

double step_length_at(const struct humanoid *h, const struct gait_wish *wish, double speed) {
  return speed / style_at(h, wish, speed).step_rate;
}

// Speed at which steps are as long as that.
static double speed_of(const struct humanoid *h, const struct gait_wish *wish, double length) {
  double low = 0, high = 4;
  for (int k = 0; k < 30; k++) {
    double m = 0.5 * (low + high);
    if (step_length_at(h, wish, m) < length) low = m;
    else high = m;
  }
  return low;
}

double step_period_of(const struct humanoid *h, const struct gait_wish *wish, double length) {
  return 1 / style_at(h, wish, speed_of(h, wish, length)).step_rate;
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
  return (struct footstep){.side = side, .position = ankle_of(stand, t, side), .yaw = t->yaw, .slope = t->slope, .land = -1e9, .lift = 1e9,
                           .flat = -1e9, .heel_off = 1e9, .cop_start = stand->rest, .cop_end = stand->rest, .clearance = clearance};
}

// What steady walking would do on this step: heel strike, roll and toe-off grow with the step's length, from none.
struct step_shape { double period, over, share; struct walk_style style; };

static struct step_shape shape_of(const struct humanoid *h, const struct gait_wish *wish, double length, double period_most) {
  struct step_shape s;
  s.style = style_at(h, wish, speed_of(h, wish, length));
  s.period = smaller(1 / s.style.step_rate, period_most);
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

enum status step_plan_make(struct step_plan *p, const struct humanoid *h, const struct stand *stand, const struct gait_wish *wish,
                           struct step_target from, enum side first, const struct step_target *target, int count, struct error *e) {
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

  // times: step i is footstep i + 2, and swings from footstep i
  p->step[0] = resting(stand, &from, first, 0);
  p->step[1] = resting(stand, &from, !first, 0);
  p->ready = READY;
  double lift = p->ready;
  p->mark[0] = (struct step_mark){.time = 0, .place = from.place, .yaw = from.yaw};
  p->mark[0].place.z -= slope_drop(h, stand, from.slope);
  for (int i = 0; i < count; i++) {
    struct footstep *s = &p->step[i + 2];
    *s = resting(stand, &target[i], i % 2 ? !first : first, shape[i].style.clearance);
    p->step[i].lift = p->step[i].heel_off = lift;
    s->land = s->flat = lift + shape[i].period - shape[i].over;
    lift += shape[i].period;
  }
  p->time = p->step[count + 1].land + p->ready;

  // footstep i leaves with swing i
  for (int i = 0; i < count; i++) {
    set_leaving(&p->step[i], &swing[i], shape[i].period, shape[i].over);
    set_landing(&p->step[i + 2], stand, &shape[i], i >= count - 2);
  }

  // the body is above a foot half way through the next one's swing; with the last it has arrived
  for (int i = 0; i < count; i++) {
    bool on = i + 1 < count;
    double time = on ? 0.5 * (p->step[i + 1].lift + p->step[i + 3].land) : p->time, stride = on ? smaller(shape[i].share, shape[i + 1].share) : 0;
    double arms = on ? 0.5 * (shape[i].style.arm_swing * shape[i].share + shape[i + 1].style.arm_swing * shape[i + 1].share) : 0;
    p->mark[i + 1] = (struct step_mark){time, target[i].place, target[i].yaw, stride, shape[i].style.bounce * stride, arms};
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

int transition_turn(struct step_target from, double angle, struct step_target *target, int capacity) {
  int n = parts(angle, TRANSITION_TURN_MAX);
  if (n + 1 > capacity) return -1;
  for (int i = 0; i <= n; i++) {
    target[i] = from;
    target[i].yaw = from.yaw + angle * (i < n ? i + 1 : n) / n;
  }
  return n + 1;
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
