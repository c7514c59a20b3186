// Narrow ways, where two cannot pass each other: whoever goes in has claimed all of it up to where it is wide again, or up to its
// spot, as trains claim a single track.
//
// A point is narrow when no free disc of two footprints' radius holds a footprint there. Stretches of a path whose middle is narrow
// are claimed whole or not at all: a claim must keep two footprints' distance from what others have claimed. Who waits for one
// waits outside, where others can pass, or on the spot it stands on, so nobody holds a part of what another needs; behind those who go first, so that whoever
// comes out finds room. Those who go the same way through may follow once the one before is in. Whoever is in there and is sent elsewhere turns round behind it,
// for others may follow. Who waits the longest keeps younger ones from entering; who wants to get out never waits for
// those who want to get in.
#include <string.h>

#include "base/maths.h"
#include "engine/sim/motion_state.h"

#define SAMPLE    0.2               // m    along a path
#define JOIN      1.2               // m    of wide way between two narrow stretches that one cannot wait in
#define OUTSIDE   0.1               // m    beside two radii before a stretch where one waits
#define SLACK     1e-3              // m    by which claims may touch
#define EARLY     1.5               // m    beside its braking distance from which a walker asks
#define PATIENCE  (4 * NS_SECOND)   // of who stands inside, until it looks for another way out
#define KEEPS_OUT (10 * NS_SECOND)  // of waiting, from which on younger ones may not enter

bool claim_narrow(const struct twin *t, int32_t i, const double p[2]) { return floor_narrow(floor_of(t, i), wide_of(t, i), p); }

// ---- what is claimed ------------------------------------------------------------------------------------------

static void box_of(struct claim *c) { geo_box((const double (*)[2])c->point, c->count, c->box); }

static void claim_point(struct claim *c, const double p[2]) {
  c->count = 1;
  c->through = false;
  memcpy(c->point[0], p, sizeof c->point[0]);
  box_of(c);
}

// Whoever looks through all of them reads a byte of each.
static void note(struct motion *o, int32_t i) { o->has[i] = (uint8_t)((o->claim[i].count > 0 ? CLAIM_OWN : 0) | (o->wish[i].count > 0 ? CLAIM_WISH : 0)); }

static void set(struct motion *o, int32_t i, const struct claim *c) {
  o->claim[i] = *c;
  note(o, i);
}

void claim_drop_wish(struct motion *o, int32_t i) {
  if (!(o->has[i] & CLAIM_WISH)) return;
  o->wish[i].count = 0;
  note(o, i);
}

void claim_none(struct motion *o, int32_t i) {
  if (!o->has[i]) return;
  o->claim[i].count = o->wish[i].count = 0;
  note(o, i);
}

void claim_stand(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  o->mover[i].claimed = o->mover[i].inside = false;
  if (claim_narrow(t, i, o->mover[i].at)) claim_point(&o->claim[i], o->mover[i].at);
  else if (o->has[i] & CLAIM_OWN) o->claim[i].count = 0;
  else return;
  note(o, i);
}

// The path from `begin` metres before its goal, or from where it is if that is nearer, to `end` metres before it: what is wide before a narrow stretch is for all.
static void trace(const struct motion *o, int32_t i, double begin, double end, struct claim *c) {
  const struct mover *m = &o->mover[i];
  double rest = way_rest(o, i), skip = rest - begin, left = rest - end;
  const double *a = m->at;
  c->count = 1;
  c->through = end > 0.01;
  memcpy(c->point[0], a, sizeof c->point[0]);
  for (int k = m->leg; k < m->legs && left > 0 && c->count < PATH_POINTS; k++) {
    const double *b = o->path[i][k];
    double length = geo_distance(a, b), s = length > left ? left / length : 1;
    if (skip >= 0) {
      double first = length > skip ? skip / length : 1;
      for (int d = 0; d < 2; d++) c->point[0][d] = a[d] + first * (b[d] - a[d]);
    }
    if (skip < length) {
      for (int d = 0; d < 2; d++) c->point[c->count][d] = a[d] + s * (b[d] - a[d]);
      c->count++;
    }
    skip -= length;
    left -= length;
    a = b;
  }
  box_of(c);
}

static double segments_apart(const double a[2], const double b[2], const double c[2], const double d[2]) {
  if (geo_crossing(a, b, c, d) >= 0 && geo_crossing(c, d, a, b) >= 0) return 0;
  double least = geo_segment_distance(a, c, d), e[3] = {geo_segment_distance(b, c, d), geo_segment_distance(c, a, b), geo_segment_distance(d, a, b)};
  for (int k = 0; k < 3; k++)
    if (e[k] < least) least = e[k];
  return least;
}

static bool same_way(const double a[2], const double b[2], const double c[2], const double d[2]) {
  double x[2] = {b[0] - a[0], b[1] - a[1]}, y[2] = {d[0] - c[0], d[1] - c[1]}, dot = x[0] * y[0] + x[1] * y[1];
  return dot > 0 && dot * dot > 0.25 * (x[0] * x[0] + x[1] * x[1]) * (y[0] * y[0] + y[1] * y[1]);
}

static bool conflict(const struct claim *x, const struct claim *y, double apart, bool follow) {
  if (x->box[0] > y->box[2] + apart || y->box[0] > x->box[2] + apart || x->box[1] > y->box[3] + apart || y->box[1] > x->box[3] + apart) return false;
  bool share = follow && x->through && y->through && x->count > 1 && y->count > 1;
  for (int i = 0; i + 1 < x->count || i == 0; i++)
    for (int j = 0; j + 1 < y->count || j == 0; j++) {
      const double *a = x->point[i], *b = x->point[i + 1 < x->count ? i + 1 : i], *c = y->point[j], *d = y->point[j + 1 < y->count ? j + 1 : j];
      if (segments_apart(a, b, c, d) < apart && !(share && same_way(a, b, c, d))) return true;
    }
  return false;
}

// May i have all of it? inside: it stands in there already. NONE: yes; else who has a part of it.
static int32_t holder(const struct twin *t, int32_t i, const struct claim *c, bool inside) {
  const struct motion *o = t->motion;
  for (int32_t k = 0; k < o->claimers; k++) {
    int32_t j = o->claimer[k];
    if (o->has[j] == 0 || j == i) continue;
    const struct mover *b = &o->mover[j];
    double apart = o->mover[i].radius + b->radius - SLACK;
    if ((o->has[j] & CLAIM_OWN) && conflict(c, &o->claim[j], apart, b->inside)) return j;
    if (inside || !(o->has[j] & CLAIM_WISH) || o->mover[i].rank < b->rank || (o->mover[i].rank == b->rank && i < j) || t->now - b->asked < KEEPS_OUT) continue;
    if (conflict(c, &o->wish[j], apart, false)) return j;
  }
  return NONE;
}

// Who keeps i from the stretch that it waits for; NONE: nobody.
int32_t claim_holder(const struct twin *t, int32_t i) {
  const struct motion *o = t->motion;
  return o->wish[i].count > 0 ? holder(t, i, &o->wish[i], false) : NONE;
}

// The path before i up to its end could be claimed now.
bool claim_open(const struct twin *t, int32_t i) {
  struct claim c;
  trace(t->motion, i, way_rest(t->motion, i), 0, &c);
  return holder(t, i, &c, true) == NONE;
}

bool claim_through(const struct twin *t, int32_t i) {
  const struct mover *m = &t->motion->mover[i];
  return m->claimed && m->inside && t->motion->claim[i].through && !m->yields;
}

// Points SAMPLE apart may miss one, and others may push it beside its path. The next stretch of that is claimed whole.
bool claim_sliver(struct twin *t, int32_t i, const double to[2]) {
  struct motion *o = t->motion;
  const struct mover *m = &o->mover[i];
  if (m->leg >= m->legs || (m->stretches > 0 && way_rest(o, i) < m->stretch[m->stretches - 1].begin + JOIN)) return false;
  struct claim c = {.count = 0};
  claim_point(&c, to);
  if (holder(t, i, &c, true) != NONE) return false;
  set(o, i, &c);
  return true;
}

// Those who wait for it too and stand nearer to where it begins, in the way: they go first.
static int others_before(const struct twin *t, int32_t i, const struct claim *c) {
  const struct motion *o = t->motion;
  const struct mover *m = &o->mover[i];
  const double *begin = c->point[0];
  double mine = geo_distance(m->at, begin);
  int n = 0;
  for (int k = 0; k < m->nears; k++) {
    const struct mover *b = &o->mover[m->near[k]];
    if (!b->wants || b->yields || o->wish[m->near[k]].count == 0 || geo_distance(b->at, begin) > mine - 0.2) continue;
    if (conflict(c, &o->wish[m->near[k]], m->radius + b->radius - SLACK, false)) n++;
  }
  return n;
}

// ---- along a path -----------------------------------------------------------------------------------------------

void claim_plan(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  double behind = 0, next = 0;
  bool was = m->claimed && m->inside;
  m->stretches = 0;
  m->wants = false;
  claim_drop_wish(o, i);
  // from the goal backwards; filed from the first to the last by turning them round
  for (int k = m->legs - 1; k >= m->leg; k--) {
    const double *a = k > m->leg ? o->path[i][k - 1] : m->at, *b = o->path[i][k];
    double length = geo_distance(a, b);
    for (; next <= behind + length; next += SAMPLE) {
      double s = length > 0 ? (next - behind) / length : 0;
      const double p[2] = {b[0] + s * (a[0] - b[0]), b[1] + s * (a[1] - b[1])};
      if (!claim_narrow(t, i, p)) continue;
      struct stretch *last = m->stretches > 0 ? &m->stretch[m->stretches - 1] : NULL;
      if (last && (next - last->begin < JOIN || m->stretches == STRETCHES)) last->begin = next + SAMPLE;
      else m->stretch[m->stretches++] = (struct stretch){next + SAMPLE, next < SAMPLE / 2 ? 0 : next - 0.05};
    }
    behind += length;
  }
  claim_stand(t, i);
  // who is in there already keeps what it can of it, so that nobody comes towards it now
  if (!was || m->stretches == 0 || way_rest(o, i) > m->stretch[m->stretches - 1].begin + 0.05) return;
  struct claim c;
  trace(o, i, m->stretch[m->stretches - 1].begin, m->stretch[m->stretches - 1].end, &c);
  if (holder(t, i, &c, true) != NONE) return;
  set(o, i, &c);
  m->claimed = m->inside = true;
}

// Asks for the next stretch when it is near; m->stop: how far from the goal it has to stop, < 0: nowhere.
void claim_look(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  m->stop = -1;
  if (m->due && !m->yields && !claim_through(t, i)) {
    way_set_out(t, i);
    return;
  }
  if (m->yields || m->stretches == 0) {
    if (o->has[i] & CLAIM_OWN) claim_stand(t, i);
    m->wants = false;
    claim_drop_wish(o, i);
    return;
  }
  double rest = way_rest(o, i);
  struct stretch *s = &m->stretch[m->stretches - 1];
  if (rest < s->end - 0.05) {
    m->stretches--;
    claim_stand(t, i);
    claim_look(t, i);
    return;
  }
  if (m->claimed) {
    m->inside = rest < s->begin - 0.3;
    trace(o, i, s->begin, s->end, &o->claim[i]);
    note(o, i);
    return;
  }
  bool inside = rest <= s->begin + 0.05;
  double hold = s->begin + 2 * m->radius + OUTSIDE, speed2 = m->velocity[0] * m->velocity[0] + m->velocity[1] * m->velocity[1];
  claim_stand(t, i);                // there, or in a sliver on the way
  if (!inside && rest - hold > speed2 / (2 * m->accel) + EARLY) {
    m->wants = false;               // a detour has led it away from where it waits
    claim_drop_wish(o, i);
    return;
  }
  if (!inside && t->now >= m->again && !floor_passes(floor_of(t, i), m->at, o->path[i][m->leg])) {
    // others have moved it off its path: from here that leads through a wall, beside the way that it would claim
    m->again = t->now + NS_SECOND;
    if (way_again(t, i)) return;
  }
  struct claim c;
  trace(o, i, s->begin, s->end, &c);
  int32_t has = holder(t, i, &c, inside);
  if (has == NONE && (inside || (t->now >= m->after && others_before(t, i, &c) == 0))) {
    set(o, i, &c);
    claim_drop_wish(o, i);
    m->claimed = true;
    m->inside = inside;
    m->wants = false;
    return;
  }
  if (!m->wants) m->asked = t->now;
  m->wants = true;
  o->wish[i] = c;
  note(o, i);
  // who stands in there without work there makes room
  if (has != NONE && t->now - m->asked > PATIENCE / 2 && !way_aside(t, has, i, false)) lead_away(t, has, i);
  if (inside && t->now - m->asked > PATIENCE) {
    if (!way_retreat(t, i)) m->stop = way_rest(o, i);
    return;
  }
  // behind those who go first, so that there is room before it for whoever comes out
  hold += others_before(t, i, &c) * (2 * m->radius + OUTSIDE);
  m->stop = inside ? rest : hold < rest ? hold : rest;
}
