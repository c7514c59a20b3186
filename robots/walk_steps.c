#include "robots/walk_steps.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_ACCEL  1.2             // m/s2 on arcs; a guess
#define ARC_TURN    0.7             // 1    of what two feet turn: a step on arcs, a guess
#define GROWTH      1.4             // 1    of a step over the one before
#define GROWTH_MORE 0.25            // 1    of the leg: or by this much
#define BACK        0.28            // 1    of the leg: steps back and to the side, at most; guesses
#define SIDE        0.25
#define FIRST       0.60            // 1    of the leg: the first step, and the last
#define CORNER      0.35            // 1    of the leg: the last step before a stop at a corner
#define SHORT_WAY   2.0             // m    below which walking without turning to the way is tried
#define MORE_STEPS  64              // than a way would need without turning
#define TURN_COST   0.05            // s/rad that turning counts for beyond its time, so that nobody turns for nothing
#define CROSSED     10              // s    that feet in each other's way count for
#define TRIES       6               // lengths of a step that turns
#define TINY        1e-9

static double size_of(double x) { return x < 0 ? -x : x; }
static double smaller(double a, double b) { return a < b ? a : b; }
static double larger(double a, double b) { return a > b ? a : b; }

// One way of walking it.
struct draft {
  double    base;                   // rad  of the body against the way between turning
  enum side first;
  bool      spot;                   //      turns before it walks and after
  int       n, off, in;             //      steps, and those that turn at the beginning and at the end
  double    time;                   // s
};

struct known_step { double length, period; };           // m, s

struct search {
  const struct humanoid  *h;
  const struct gait_wish *wish;
  const struct walk_way  *way;
  struct turning          turning;
  double  straight, back, outward, inward;                             // m  longest steps
  double  length, *ends;            // m    of the way; where its pieces end                       (pieces)
  int     room;                     //      steps that the arrays hold
  // of each step                                                                                    (room + 3)
  double *turn, *round;             // rad  of the foot, and of its place about the body, over the one before
  double *foot, *place;             // rad  of both against the way
  double *cap, *step;               // m    longest; as taken
  struct known_step known[64];      //      by its length
};

// ---- the way ----------------------------------------------------------------------------------------

static struct step_target piece_at(const struct way_piece *p, double s) {
  double sy, cy, share = p->length > 0 ? s / p->length : 0, a = p->turn * share;
  struct step_target t = {.place = p->start, .yaw = p->heading + a};
  m_sincos(p->heading, &sy, &cy);
  double x = s, y = 0;
  if (p->turn != 0) {
    double r = p->length / p->turn, sa, ca;
    m_sincos(a, &sa, &ca);
    x = r * sa, y = r * (1 - ca);
  }
  t.place = v3_add(t.place, v3(cy * x - sy * y, sy * x + cy * y, p->rise * s));
  t.slope = m_atan2(p->rise, 1);
  return t;
}

static struct step_target way_at(const struct search *a, double s, int *at) {
  const struct walk_way *w = a->way;
  if (!w->pieces) return (struct step_target){.place = w->from.place, .yaw = w->heading_end};
  while (*at + 1 < w->pieces && s > a->ends[*at]) ++*at;
  return piece_at(&w->piece[*at], s - (*at ? a->ends[*at - 1] : 0));
}

// Longest step on a piece.
static double longest(const struct search *a, const struct way_piece *p) {
  if (p->turn == 0) return a->straight;
  double r = p->length / size_of(p->turn), length = step_length_at(a->h, a->wish, smaller(a->way->speed, m_sqrt(SIDE_ACCEL * r)));
  return smaller(length, r * ARC_TURN * 0.5 * (a->turning.open + a->turning.close));
}

// Longest step that may begin at s, looking ahead so that steps shrink in time.
static double step_from(const struct search *a, const double *most, double s) {
  double best = 1e9;
  for (int i = 0; i < a->way->pieces; i++) {
    double start = i ? a->ends[i - 1] : 0;
    if (a->ends[i] <= s) continue;
    // steps shrink by GROWTH each: the way of doing so is a geometric series
    double way = start - s, allowed = way <= 0 ? most[i] : most[i] + way * (GROWTH - 1) / GROWTH;
    best = smaller(best, allowed);
  }
  return best;
}

// ---- turning ----------------------------------------------------------------------------------------

// Steps in which the body turns onto the way, from rest or, `back` in time, to rest.
#define RUN_MAX 80
struct run {
  int    count;                     //      steps that turn; one more has its cap here
  double turn[RUN_MAX], round[RUN_MAX], cap[RUN_MAX];                  // as in the search, [0] is the first
};

// Largest turn of a step by `side` towards `angle`.
static double turn_most(const struct search *a, enum side side, double angle) {
  return (side == LEFT) == (angle > 0) ? a->turning.open : a->turning.close;
}

static enum side side_of(enum side first, int i) { return i % 2 ? first : (enum side)!first; }      // of step i = 1, 2, ..

// Longest step towards where the body looks turned by -`body`; `side` lands.
static double reach_to(const struct search *a, enum side side, double body, bool back) {
  double s, c;
  m_sincos(-body, &s, &c);
  bool outward = ((s > 0) == (side == LEFT)) != back;
  double x = c / (c > 0 ? a->straight : a->back), y = s / (outward ? a->outward : a->inward);
  return 1 / m_sqrt(x * x + y * y);
}

// Feet while the body turns: against the way, and the middle of the ankles, m along the way and to its left.
struct stance { double foot, place, x, y; };

// Ankles are ahead of the root that follows the way: while the body turns their middle goes straight. `share`: of the turn still to come.
static void set_middle(const struct search *a, struct stance *f, double along, double base, double start, double share) {
  double s0, c0, s1, c1;
  m_sincos(start + base, &s0, &c0);
  m_sincos(base, &s1, &c1);
  f->x = along + a->way->feet.ankle * (c1 + share * (c0 - c1));
  f->y = a->way->feet.ankle * (s1 + share * (s0 - s1));
}

static struct footstep foot_of(const struct search *a, double base, enum side side, struct stance f) {
  double half = side == LEFT ? a->h->hip_half : -a->h->hip_half, s, c;
  m_sincos(f.place + base, &s, &c);
  return (struct footstep){.side = side, .position = v3(f.x - s * half, f.y + c * half, 0), .yaw = f.foot + base};
}

// Does a foot come from `lifts` to `lands` past the other one, which `stands`?
static bool passes(const struct search *a, double base, enum side side, const struct stance *lifts, const struct stance *stands, const struct stance *lands) {
  struct footstep from = foot_of(a, base, side, *lifts), other = foot_of(a, base, !side, *stands), to = foot_of(a, base, side, *lands);
  return footsteps_clear(a->h, &from, &other, &to);
}

// start: rad, of the body at rest against the way. spot: it does not get on while it turns.
static void run_of(const struct search *a, struct run *r, double base, enum side first, double start, bool back, bool spot) {
  double sum = 0, way = back ? -1 : 1;
  r->count = 0;
  if (size_of(start) > TINY)
    while (sum < size_of(start) && r->count < RUN_MAX - 2) sum += turn_most(a, side_of(first, ++r->count), -start);
  struct stance f[RUN_MAX + 1] = {{.foot = start, .place = start}};
  set_middle(a, &f[0], 0, base, start, 1);
  for (int i = 1; i <= r->count + 2 && i <= RUN_MAX; i++) {
    bool turns = i <= r->count;
    r->turn[i - 1] = turns ? -start / sum * turn_most(a, side_of(first, i), -start) : 0;
    r->round[i - 1] = turns ? -start / r->count : 0;
    f[i] = (struct stance){turns ? f[i - 1].foot + r->turn[i - 1] : 0, turns ? f[i - 1].place + r->round[i - 1] : 0, 0, 0};
  }
  double at = 0;
  for (int i = 1; i <= r->count + 1; i++) {
    double before = 0.25 * (f[i > 1 ? i - 2 : 0].foot + 2 * f[i - 1].foot + f[i].foot), after = 0.25 * (f[i - 1].foot + 2 * f[i].foot + f[i + 1].foot);
    double body = 0.5 * (before + after) + base, most = reach_to(a, side_of(first, i), body, back);
    const struct stance *lifts = &f[i > 1 ? i - 2 : 0];
    for (int k = spot ? TRIES : 0; k <= TRIES; k++) {
      r->cap[i - 1] = most * (TRIES - k) / TRIES;
      set_middle(a, &f[i], at + way * r->cap[i - 1], base, start, i < r->count ? 1 - (double)i / r->count : 0);
      if (r->count == 0 || k == TRIES || passes(a, base, side_of(first, i), lifts, &f[i - 1], &f[i])) break;
    }
    at += way * r->cap[i - 1];
  }
}

// ---- a draft ----------------------------------------------------------------------------------------

static bool reserve(struct search *a, int n) {
  if (n <= a->room) return true;
  int room = 2 * n + 32;
  double *more = realloc(a->foot, sizeof(double) * 6 * (size_t)(room + 3));
  if (!more) return false;
  double **rows[6] = {&a->foot, &a->place, &a->turn, &a->round, &a->cap, &a->step};
  for (int i = 0; i < 6; i++) *rows[i] = more + i * (room + 3);
  a->room = room;
  return true;
}

// The body half way through standing on foot i: between the feet around it. Against the way.
static double body_turn(const struct search *a, int i, int n) {
  return 0.25 * (a->foot[i > 0 ? i - 1 : 0] + 2 * a->foot[i] + a->foot[i < n ? i + 1 : n]);
}

// Longest step beside one of that length.
static double grown(const struct search *a, double length) { return larger(GROWTH * length, length + GROWTH_MORE * a->h->leg_length); }

double way_lead(double before, double leg) {
  double sum = 0;
  while (before > CORNER * leg) sum += before = larger(CORNER * leg, before - larger(before * (1 - 1 / GROWTH), GROWTH_MORE * leg));
  return sum;
}

// Foot turns and longest steps of n steps, the first as in `off`, the last as in `in`. false: it cannot turn so quickly.
static bool set_caps(struct search *a, const struct draft *d, int n, double start, const struct run *off, const struct run *in) {
  if (off->count + in->count > n) return false;
  bool ramp = a->way->pieces && (a->way->piece[0].rise != 0 || a->way->piece[a->way->pieces - 1].rise != 0);
  double first = FIRST * a->h->leg_length, corner = CORNER * a->h->leg_length;
  a->foot[0] = a->place[0] = start;
  for (int i = 1; i <= n; i++) {
    int begun = i - 1, left = n - i;
    a->turn[i] = a->round[i] = 0;
    a->cap[i] = reach_to(a, side_of(d->first, i), d->base, false);
    if (begun <= off->count) a->turn[i] = off->turn[begun], a->round[i] = off->round[begun], a->cap[i] = smaller(a->cap[i], off->cap[begun]);
    if (left <= in->count) a->turn[i] -= in->turn[left], a->round[i] -= in->round[left], a->cap[i] = smaller(a->cap[i], in->cap[left]);
    a->foot[i] = a->foot[i - 1] + a->turn[i];
    a->place[i] = a->place[i - 1] + a->round[i];
    // ramps are walked straight ahead
    if (ramp && (begun < off->count || left < in->count)) a->cap[i] = 0;
  }
  a->cap[1] = smaller(a->cap[1], a->way->before > 0 ? grown(a, a->way->before) : a->way->first_given ? corner : first);
  a->cap[n] = smaller(a->cap[n], a->way->stops ? first : corner);
  for (int i = 2; i <= n; i++) a->cap[i] = smaller(a->cap[i], grown(a, a->cap[i - 1]));
  for (int i = n - 1; i >= 1; i--) a->cap[i] = smaller(a->cap[i], grown(a, a->cap[i + 1]));
  return true;
}

// How far n steps go at most.
static double way_of(struct search *a, const double *most, int n) {
  double s = 0, before = 1e9;
  for (int i = 1; i <= n; i++) {
    double length = smaller(smaller(step_from(a, most, s), grown(a, before)), a->cap[i]);
    a->step[i] = before = length;
    s += length;
  }
  return s;
}

static struct stance stance_of(const struct search *a, const struct draft *d, int i, double at) {
  struct stance f = {a->foot[i], a->place[i], at, 0}, m;
  bool off = i < d->off;
  set_middle(a, &m, at, d->base, off ? a->foot[0] : a->foot[d->n], off ? 1 - (double)i / d->off : i > d->n - d->in ? 1 - (double)(d->n - i) / d->in : 0);
  f.x = m.x, f.y = m.y;
  return f;
}

// Do feet keep clear of each other while the body turns?
static bool clear(const struct search *a, const struct draft *d) {
  struct stance f[3];
  double at = 0;
  f[0] = f[1] = f[2] = stance_of(a, d, 0, 0);
  for (int i = 1; i <= d->n + 1; i++) {
    f[0] = f[1], f[1] = f[2];
    if (i <= d->n) f[2] = stance_of(a, d, i, at += a->step[i]);
    if (f[0].foot == f[2].foot && f[1].foot == f[2].foot && size_of(d->base) < TINY) continue;
    if (!passes(a, d->base, side_of(d->first, i), &f[0], &f[1], &f[2])) return false;
  }
  return true;
}

// Drafts begin and end with the same steps, and so does each of them.
static double period_of(struct search *a, double ahead) {
  uint64_t bits;
  memcpy(&bits, &ahead, sizeof bits);
  struct known_step *k = &a->known[(bits * UINT64_C(0x9e3779b97f4a7c15)) >> 58];
  if (k->length != ahead || k->period <= 0) *k = (struct known_step){ahead, step_period_of(a->h, a->wish, ahead)};
  return k->period;
}

static double time_of(struct search *a, const struct draft *d) {
  double time = 0, known = -1, last = 0;
  for (int i = 1; i <= d->n; i++) {
    double body = 0.5 * (body_turn(a, i - 1, d->n) + body_turn(a, i, d->n)) + d->base, ahead = larger(a->step[i] * m_cos(body), 0);
    if (ahead != known) last = period_of(a, ahead), known = ahead;
    time += last + TURN_COST * size_of(a->turn[i]);
  }
  return time;
}

// Fewest steps of a draft. false: none.
static bool fill(struct search *a, struct draft *d, const double *most, double start, double end) {
  struct run off, in[2];
  int least = (int)(a->length / a->straight * (1 - 1e-12));
  if (least < 1) least = 1;
  run_of(a, &off, d->base, d->first, start, false, d->spot);
  // the last step but one, back in time the first to land, is the left foot's or the right one's
  for (int s = 0; s < 2; s++) run_of(a, &in[s], d->base, s, end, true, d->spot);
  for (int n = least; n <= least + MORE_STEPS + (int)(a->length / (0.2 * a->straight)); n++) {
    if (!reserve(a, n)) return false;
    if (!set_caps(a, d, n, start, &off, &in[side_of(d->first, n - 1)])) continue;
    double s = way_of(a, most, n);
    if (s < a->length * (1 - TINY)) continue;
    for (int i = 1; i <= n; i++) a->step[i] *= a->length > 0 ? a->length / s : 0;
    d->n = n, d->off = off.count, d->in = in[side_of(d->first, n - 1)].count;
    d->time = time_of(a, d);
    return true;
  }
  return false;
}

// ---- targets ----------------------------------------------------------------------------------------

enum status way_step(struct walk_row *o, struct step_target t, const char *name, struct error *e) {
  if (o->count == o->capacity) {
    int capacity = o->capacity ? 2 * o->capacity : 64;
    if (o->count >= WAY_STEPS_MAX) return error_at(e, STATUS_LIMIT, name, 0, 0, "route: more than %d steps", WAY_STEPS_MAX);
    struct step_target *more = realloc(o->target, sizeof *more * (size_t)capacity);
    if (!more) return error_at(e, STATUS_MEMORY, name, 0, 0, "a route of %d steps", capacity);
    o->target = more;
    o->capacity = capacity;
  }
  o->target[o->count++] = t;
  return STATUS_OK;
}

// On an arc of more than what a foot may close in a step the outer foot is turned out, and the other.
static double arc_foot(const struct search *a, int at, int i, enum side side) {
  const struct way_piece *p = a->way->pieces ? &a->way->piece[at] : NULL;
  if (!p || p->turn == 0) return 0;
  double more = a->step[i] * size_of(p->turn) / p->length - a->turning.close;
  return more > 0 ? (side == LEFT ? 0.5 : -0.5) * more : 0;
}

static enum status take(struct walk_row *out, const struct search *a, const struct draft *d, struct error *e) {
  double s = 0, w = a->way->feet.ankle;
  int at = 0;
  enum status status = STATUS_OK;
  for (int i = 1; i <= d->n && !status; i++) {
    s += a->step[i];
    struct step_target t = way_at(a, i < d->n ? smaller(s, a->length) : a->length, &at);
    double sn, cs, st, ct;
    struct stance f = stance_of(a, d, i, 0);
    m_sincos(t.yaw, &sn, &cs);
    m_sincos(t.yaw + a->place[i] + d->base, &st, &ct);
    if (i < d->n) t.place = v3_add(t.place, v3(cs * f.x - sn * f.y - w * ct, sn * f.x + cs * f.y - w * st, 0));
    t.yaw += a->place[i] + d->base;
    t.foot = a->foot[i] - a->place[i] + arc_foot(a, at, i, side_of(d->first, i));
    if (size_of(m_wrap(a->place[i] + d->base)) > 0.05) t.slope = 0;
    status = way_step(out, t, a->h->model->name, e);
  }
  return status;
}

enum status way_steps(struct walk_row *out, const struct humanoid *h, const struct gait_wish *wish, const struct walk_way *w, struct error *e) {
  struct search a = {.h = h, .wish = wish, .way = w, .turning = w->feet.turning};
  double *ends = malloc(sizeof(double) * 2 * (size_t)(w->pieces + 1)), *most = ends + w->pieces + 1;
  if (!ends) return error_at(e, STATUS_MEMORY, h->model->name, 0, 0, "a way of %d pieces", w->pieces);
  a.straight = step_length_at(h, wish, w->speed);
  a.back = smaller(a.straight, BACK * h->leg_length), a.outward = smaller(a.straight, SIDE * h->leg_length);
  a.inward = larger(2 * (h->hip_half - h->sole.inner) - 0.02, 0.01);
  a.ends = ends;
  for (int i = 0; i < w->pieces; i++) ends[i] = a.length += w->piece[i].length, most[i] = longest(&a, &w->piece[i]);

  double begin = w->pieces ? w->piece[0].heading : w->heading_end;
  double finish = w->pieces ? w->piece[w->pieces - 1].heading + w->piece[w->pieces - 1].turn : w->heading_end;
  double base[4] = {0, M_PI_D, m_wrap(w->heading_end - finish), m_wrap(w->from.yaw - begin)};
  int bases = w->pieces == 1 && a.length < SHORT_WAY && w->piece[0].rise == 0 ? 4 : 1;
  struct draft best = {.time = 1e9}, d;
  for (int b = 0; b < bases; b++)
    for (int f = 0; f < 2; f++) {
      double start = m_wrap(w->from.yaw - begin - base[b]), end = m_wrap(w->heading_end - finish - base[b]);
      // the foot on the side that the body turns or moves to
      enum side first = w->first_given ? w->first : (f == 0) == (start <= 0) ? LEFT : RIGHT;
      if (f && w->first_given) continue;
      // angles are counted on, never wrapped: a foot turns by their difference
      d = (struct draft){.base = w->from.yaw - begin - start, .first = first};
      bool found = false;
      for (int k = 0; k < 2 && !found; k++) {
        d.spot = k;
        found = fill(&a, &d, most, start, end) && clear(&a, &d);
      }
      if (!found) d.time += CROSSED;
      if (d.n && d.time < best.time - 1e-6) best = d;
    }
  enum status status = STATUS_OK;
  if (best.n == 0) status = error_at(e, STATUS_RANGE, h->model->name, 0, 0, "route: no steps for %.3g m", a.length);
  else {
    fill(&a, &best, most, m_wrap(w->from.yaw - begin - best.base), m_wrap(w->heading_end - finish - best.base));
    if (!w->first_given) out->first = best.first;
    status = take(out, &a, &best, e);
  }
  free(a.foot);
  free(ends);
  return status;
}
