#include "robots/footsteps.h"

#include <assert.h>

#include "base/maths.h"
#include "robots/quintic.h"
#include "robots/soles.h"

double smooth_step(double s) {
  if (s <= 0) return 0;
  if (s >= 1) return 1;
  return s * s * s * (10 + s * (6 * s - 15));
}

// ---- a foot on the floor ----------------------------------------------------------------------------

struct foot_jet { struct jet x, y, z, yaw, pitch; };                   // of F in the world; pitch: nose down is positive

// Angle of the foot off its footstep, nose down, at a time on the floor.
static struct jet roll_at(const struct footstep *s, double t, bool *heel) {
  *heel = false;
  if (t < s->land || t > s->lift) return (struct jet){0, 0, 0};       // stands for a time it does not cover
  if (t < s->flat && s->strike != 0) {
    double rate = s->strike > 0 ? s->strike_rate : -s->strike_rate;
    struct quintic q = quintic_between((struct jet){-s->strike, rate, 0}, (struct jet){0, 0, 0}, s->flat - s->land);
    *heel = s->strike > 0;
    return quintic_at(&q, t - s->land);
  }
  if (t > s->heel_off && s->toe_off != 0) {
    struct quintic q = quintic_between((struct jet){0, 0, 0}, (struct jet){s->toe_off, s->toe_off_rate, 0}, s->lift - s->heel_off);
    return quintic_at(&q, t - s->heel_off);
  }
  return (struct jet){0, 0, 0};
}

// F on the footstep, rolled about the heel's or the ball's edge E: p = E - Ry(roll) E in the footstep's frame.
static struct foot_jet foot_on(const struct humanoid *h, const struct footstep *s, double t) {
  bool heel;
  struct jet roll = roll_at(s, t, &heel);
  double e = heel ? h->sole.heel : h->sole.ball, height = h->sole.height, sr, cr, ss, cs, sy, cy;
  m_sincos(roll.x, &sr, &cr);
  m_sincos(s->slope, &ss, &cs);
  m_sincos(s->yaw, &sy, &cy);
  double along = e * sr + height * cr, up = e * cr - height * sr;      // d(ahead), d(up) by the angle
  double x[3] = {e - e * cr + height * sr, roll.v * along, roll.a * along + roll.v * roll.v * up};
  double z[3] = {e * sr + height * cr, roll.v * up, roll.a * up - roll.v * roll.v * along};
  double forward[3], rise[3];
  for (int i = 0; i < 3; i++) forward[i] = cs * x[i] - ss * z[i], rise[i] = ss * x[i] + cs * z[i];
  return (struct foot_jet){
    {s->position.x + cy * forward[0], cy * forward[1], cy * forward[2]},
    {s->position.y + sy * forward[0], sy * forward[1], sy * forward[2]},
    {s->position.z + rise[0], rise[1], rise[2]},
    {s->yaw, 0, 0},
    {roll.x - s->slope, roll.v, roll.a}};
}

static struct frame_motion frame_of(const struct foot_jet *j) {
  double sp, cp, sy, cy;
  m_sincos(j->pitch.x, &sp, &cp);
  m_sincos(j->yaw.x, &sy, &cy);
  struct frame_motion f;
  f.rotation = (struct m3){{cy * cp, -sy, cy * sp, sy * cp, cy, sy * sp, -sp, 0, cp}};
  f.position = v3(j->x.x, j->y.x, j->z.x);
  f.velocity = v3(j->x.v, j->y.v, j->z.v);
  f.acceleration = v3(j->x.a, j->y.a, j->z.a);

  // turning about z carries the pitch axis (-sin yaw, cos yaw, 0) along
  f.angular_velocity = v3(-sy * j->pitch.v, cy * j->pitch.v, j->yaw.v);
  f.angular_acceleration = v3(-sy * j->pitch.a - cy * j->yaw.v * j->pitch.v, cy * j->pitch.a - sy * j->yaw.v * j->pitch.v, j->yaw.a);
  return f;
}

// ---- a foot in the air ------------------------------------------------------------------------------

struct swing { const struct footstep *from, *to; struct quintic x, y, z, yaw, pitch; double bump, aside_x, aside_y; };

// 64 s^3 (1-s)^3: 1 in the middle, no derivatives at the ends.
static struct jet bump_at(double t, double duration) {
  double s = t / duration, r = s * (1 - s), d = 1 - 2 * s;
  return (struct jet){64 * r * r * r, 192 * r * r * d / duration, (384 * r * d * d - 384 * r * r) / (duration * duration)};
}

static struct foot_jet swing_at(const struct swing *w, double t) {
  struct foot_jet j = {quintic_at(&w->x, t), quintic_at(&w->y, t), quintic_at(&w->z, t), quintic_at(&w->yaw, t), quintic_at(&w->pitch, t)};
  struct jet b = bump_at(t, w->z.duration);
  j.z.x += w->bump * b.x, j.z.v += w->bump * b.v, j.z.a += w->bump * b.a;
  if (w->to->aside != 0) {
    double ax = w->aside_x * w->to->aside, ay = w->aside_y * w->to->aside;
    j.x.x += ax * b.x, j.x.v += ax * b.v, j.x.a += ax * b.a;
    j.y.x += ay * b.x, j.y.v += ay * b.v, j.y.a += ay * b.a;
  }
  const double *moved = w->to->moved;
  if (moved[0] != 0 || moved[1] != 0) {
    double since = w->to->moved_at - w->from->lift, T = w->z.duration - since, u = (t - since) / T, v = 1 - u;
    if (u > 0 && u < 1) {
      double x = smooth_step(u), d = 30 * u * u * v * v / T, a = 60 * u * v * (1 - 2 * u) / (T * T);
      j.x.x += moved[0] * x, j.x.v += moved[0] * d, j.x.a += moved[0] * a;
      j.y.x += moved[1] * x, j.y.v += moved[1] * d, j.y.a += moved[1] * a;
    } else if (u >= 1) {
      j.x.x += moved[0], j.y.x += moved[1];
    }
  }
  double droop = w->to->droop;
  j.pitch.x += droop * b.x, j.pitch.v += droop * b.v, j.pitch.a += droop * b.a;
  return j;
}

// Lowest point of the sole above the straight line from footstep to footstep. The toe is passive: bent up by the floor at
// lift-off, straight again in mid-swing, bent where it lands on the ball.
static double clearance_at(const struct humanoid *h, const struct swing *w, double t, double s) {
  struct foot_jet j = swing_at(w, t);
  double straight = w->to->strike < 0 ? smooth_step(2 * s) * smooth_step(2 - 2 * s) : smooth_step(2 * s);
  double sp, cp, edge[3] = {h->sole.heel, h->sole.ball, h->sole.ball + (h->sole.toe - h->sole.ball) * straight}, least = 1e9;
  m_sincos(j.pitch.x, &sp, &cp);
  double dx = w->to->position.x - w->from->position.x, dy = w->to->position.y - w->from->position.y, square = dx * dx + dy * dy;
  for (int i = 0; i < 3; i++) {
    double ahead = edge[i] * cp - h->sole.height * sp, z = j.z.x - edge[i] * sp - h->sole.height * cp, sy, cy;
    m_sincos(j.yaw.x, &sy, &cy);
    double x = j.x.x + cy * ahead - w->from->position.x, y = j.y.x + sy * ahead - w->from->position.y;
    double share = square > 1e-6 ? (x * dx + y * dy) / square : s;
    double rise = w->to->position.z - w->from->position.z;
    if (w->from->slope == 0 && w->to->slope == 0) share = share < 0 ? 0 : share > 1 ? 1 : share;     // a step, not a ramp
    double above = z - w->from->position.z - rise * share;
    if (above < least) least = above;
  }
  return least;
}

// Outwards: square to the middle of the headings.
static void set_aside(struct swing *w) {
  double s, c, sign = w->to->side == LEFT ? 1 : -1;
  m_sincos(0.5 * (w->from->yaw + w->to->yaw), &s, &c);
  w->aside_x = -s * sign, w->aside_y = c * sign;
}

static struct swing swing_between(const struct humanoid *h, const struct footstep *from, const struct footstep *to) {
  struct footstep before = *to;       // where it was to be when the foot lifted
  before.position.x -= to->moved[0], before.position.y -= to->moved[1];
  struct foot_jet a = foot_on(h, from, from->lift), b = foot_on(h, &before, to->land);
  double T = to->land - from->lift;
  struct swing w = {from, to, quintic_between(a.x, b.x, T), quintic_between(a.y, b.y, T), quintic_between(a.z, b.z, T),
                    quintic_between(a.yaw, b.yaw, T), quintic_between(a.pitch, b.pitch, T), 0, 0, 0};
  set_aside(&w);

  // the bump is linear in its height, so its height follows from the lowest clearance without it; where the floor changes on the
  // way its edge is not known, and the line between the footsteps is asked for in the middle of the swing only
  double raise = to->clearance;
  int from_end = from->slope != to->slope || (from->slope == 0 && from->position.z != to->position.z) ? 7 : 1;
  for (int i = from_end; i <= 24 - from_end; i++) {
    double s = i / 24.0, r = s * (1 - s), shape = 64 * r * r * r;
    double need = to->clearance - clearance_at(h, &w, s * T, s) / shape;
    if (need > raise) raise = need;
  }
  w.bump = raise;
  return w;
}

// ---- past the other foot ----------------------------------------------------------------------------

#define LOOKS      16               // at a swing
#define ASIDE_MOST 0.06             // m    more is not worth it; a guess

// Are the soles `gap` apart at share s of a swing that goes `out` m aside in its middle?
static bool passing(const struct humanoid *h, const struct swing *w, const struct sole_outline *stance, double s, double out, double gap) {
  const struct footstep *a = w->from, *b = w->to;
  double share = smooth_step(s), r = s * (1 - s), shape = 64 * r * r * r * out;
  struct sole_outline f = sole_outline_of(h, b->side, a->position.x + (b->position.x - a->position.x) * share + w->aside_x * shape,
                                          a->position.y + (b->position.y - a->position.y) * share + w->aside_y * shape, a->yaw + (b->yaw - a->yaw) * share);
  return soles_clear(&f, stance, gap);
}

static struct sole_outline standing(const struct humanoid *h, const struct footstep *s) {
  return sole_outline_of(h, s->side, s->position.x, s->position.y, s->yaw);
}

double footsteps_aside(const struct humanoid *h, const struct footstep *from, const struct footstep *stance, const struct footstep *to) {
  struct swing w = {.from = from, .to = to};
  struct sole_outline stands = standing(h, stance);
  double most = 0;
  set_aside(&w);
  for (int i = 2; i < LOOKS - 1; i++) {
    double s = (double)i / LOOKS, low = most, high = ASIDE_MOST;
    if (passing(h, &w, &stands, s, most, SOLES_GAP)) continue;
    for (int k = 0; k < 10; k++) {
      double out = 0.5 * (low + high);
      if (passing(h, &w, &stands, s, out, SOLES_GAP)) high = out;
      else low = out;
    }
    most = high;
  }
  return most;
}

bool footsteps_clear(const struct humanoid *h, const struct footstep *from, const struct footstep *stance, const struct footstep *to) {
  struct swing w = {.from = from, .to = to};
  struct sole_outline stands = standing(h, stance);
  double out = footsteps_aside(h, from, stance, to);
  set_aside(&w);
  for (int i = 0; i <= LOOKS; i++)
    if (!passing(h, &w, &stands, (double)i / LOOKS, out, 0.5 * SOLES_GAP)) return false;
  return true;
}

bool footsteps_all_clear(const struct humanoid *h, const struct footsteps *f, int first, int last) {
  for (int j = first; j <= last && j < f->count; j++)
    if (!footsteps_clear(h, &f->step[j - 2], &f->step[j - 1], &f->step[j])) return false;
  return true;
}

// ---- load and centre of pressure --------------------------------------------------------------------

// The footsteps of a side around a time: the one on the floor, or the ones before and after the swing. Time only goes on, so
// the place in the row does too.
struct around { const struct footstep *on, *before, *after; };
struct place { int at; const struct footstep *left; };                 // first footstep not yet left, and the one before it

static struct around find(const struct footsteps *f, enum side side, double t, struct place *p) {
  while (p->at < f->count && (f->step[p->at].side != side || f->step[p->at].lift <= t)) {
    if (f->step[p->at].side == side) p->left = &f->step[p->at];
    p->at++;
  }
  const struct footstep *next = p->at < f->count ? &f->step[p->at] : NULL;
  if (next && (next->land <= t || !p->left)) return (struct around){.on = next};
  if (!next) {
    assert(p->left);                // each side has a footstep
    return (struct around){.on = p->left};
  }
  return (struct around){.before = p->left, .after = next};
}

// Share of the left foot while both stand: over from the foot that lands to .. from the foot that lifts next.
static double share_left(const struct footsteps *f, const struct footstep *left, const struct footstep *right, double t) {
  enum side landed = left->land > right->land ? LEFT : RIGHT, lifts = left->lift < right->lift ? LEFT : RIGHT;
  double a = landed == LEFT ? left->land : right->land, b = lifts == LEFT ? left->lift : right->lift, new_share = 0.5;
  bool quick = b - a <= 2 * f->shift && landed != lifts;
  double shift = b - a < 2 * f->shift ? (b - a) / 2 : f->shift;
  if (quick) {
    new_share = smooth_step((t - a) / (b - a));
    return landed == LEFT ? new_share : 1 - new_share;
  }
  if (t < a + shift) {
    new_share = 0.5 * smooth_step((t - a) / shift);
    return landed == LEFT ? new_share : 1 - new_share;
  }
  if (t > b - shift) {
    new_share = 0.5 * (1 - smooth_step((t - (b - shift)) / shift));
    return lifts == LEFT ? new_share : 1 - new_share;
  }
  return 0.5;
}

// The times in which the centre of pressure moves along the sole: while the other foot is in the air.
static void cop_times(const struct footsteps *f, const struct footstep *s, double *from, double *to) {
  double lift = s->lift, land = s->land;
  *from = lift - f->shift;
  *to = s->heel_off < lift ? s->heel_off : lift;
  bool found = false;
  for (int i = 0; i < f->count && !found; i++) {
    const struct footstep *o = &f->step[i];
    if (o->side == s->side || o->lift < land || o->lift >= lift) continue;
    *from = o->lift > s->flat ? o->lift : s->flat;
    found = true;
    for (int k = i + 1; k < f->count; k++)
      if (f->step[k].side == o->side && f->step[k].land > o->lift) {
        if (f->step[k].land < *to) *to = f->step[k].land;
        break;
      }
  }
}

struct cop_plan { const struct footstep *step; double from, to; };

static struct v3 cop_at(const struct cop_plan *p, double t, double *along, double *left) {
  const struct footstep *s = p->step;
  double share = p->to > p->from ? smooth_step((t - p->from) / (p->to - p->from)) : t >= p->to;
  double x = s->cop_start + (s->cop_end - s->cop_start) * share, y = s->side == LEFT ? -s->cop_inward : s->cop_inward, sy, cy, ss, cs;
  *along = x;
  *left = y;
  m_sincos(s->yaw, &sy, &cy);
  m_sincos(s->slope, &ss, &cs);
  return v3(s->position.x + cy * cs * x - sy * y, s->position.y + sy * cs * x + cy * y, s->position.z + ss * x);
}

static struct v3 normal_of(const struct footstep *s) {
  double sy, cy, ss, cs;
  m_sincos(s->yaw, &sy, &cy);
  m_sincos(s->slope, &ss, &cs);
  return v3(-ss * cy, -ss * sy, cs);
}

void footsteps_sample(const struct humanoid *h, const struct footsteps *steps, int n, double start, double dt,
                      struct foot_sample *left, struct foot_sample *right) {
  struct foot_sample *out[2] = {left, right};
  struct swing swing[2] = {{0}, {0}};
  struct cop_plan plan[2] = {{0}, {0}};
  struct place place[2] = {{0}, {0}};
  for (int k = 0; k < n; k++) {
    double t = start + dt * k;
    struct around a[2];
    for (int s = 0; s < 2; s++) {
      struct foot_sample *o = &out[s][k];
      *o = (struct foot_sample){0};
      a[s] = find(steps, s, t, &place[s]);
      o->contact = a[s].on != NULL;
      struct foot_jet j;
      if (o->contact) {
        j = foot_on(h, a[s].on, t);
        if (plan[s].step != a[s].on) {
          plan[s].step = a[s].on;
          cop_times(steps, a[s].on, &plan[s].from, &plan[s].to);
        }
        o->cop = o->cop_actual = cop_at(&plan[s], t, &o->sole_x, &o->sole_y);
        o->normal = normal_of(a[s].on);
      } else {
        if (swing[s].from != a[s].before || swing[s].to != a[s].after) swing[s] = swing_between(h, a[s].before, a[s].after);
        j = swing_at(&swing[s], t - a[s].before->lift);
        o->normal = v3(0, 0, 1);
      }
      o->frame = frame_of(&j);
    }
    if (a[LEFT].on && a[RIGHT].on) left[k].share = share_left(steps, a[LEFT].on, a[RIGHT].on, t), right[k].share = 1 - left[k].share;
    else if (a[LEFT].on) left[k].share = 1;
    else if (a[RIGHT].on) right[k].share = 1;
  }
}
