// What a walker brakes for at every step, whatever it has chosen at its last look.
//
// A look's velocity holds when the others do their share and when it can be had at once. Neither is always so: a walker that turns past the end of a wall
// has the next side before it while it still moves towards that; part of what it can brake goes into turning; one that people have stopped does nothing for
// its share. So a walker moves towards a wall, or towards where it would touch somebody, only as fast as lets it stop before:
//
//     u dt + u^2 / (2 b) <= gap + s w^2 / (2 b)          s = 1 where the other one goes away with w, -1 where it comes on
//
// b being BRAKE, which it can have of MOTION_BRAKE towards two sides up to 115 degrees apart at once, u its speed towards the flat face, or towards the line that both
// discs touch where they would meet (they pass on either side of it). Whoever is too fast brakes for that first; what is left of its braking goes into what
// it wants.
#include "base/maths.h"
#include "engine/sim/motion_state.h"

// guesses that have done, but for SLIVER
#define ROUNDS 3                    // over all sides: what one takes off may be towards another
#define BRAKE  1.6                  // m/s2
#define TOUCH  0.15                 // m/s  that who is led may touch others and walls with: 4 and 8 N s of robots of 56 kg
#define MARGIN 0.01                 // m    more than who is slow goes in a step beyond what it takes to stop
#define SLIVER 1e-6                 // m/s  that is not too fast; m
#define WEDGES 8                    // pairs of sides
#define ANTI   0.1                  // sine of the angle from which on two sides face each other: nothing ends between them

void brake_keep_faces(struct mover *m, const struct floor_face *face, int n) {
  double far[BRAKE_FACES];
  m->faces = 0;
  for (int k = 0; k < n; k++) {
    int at = m->faces < BRAKE_FACES ? m->faces++ : 0;
    if (at == 0 && m->faces == BRAKE_FACES) {           // full: in place of the farthest, if that is farther
      for (int x = 1; x < BRAKE_FACES; x++)
        if (far[x] > far[at]) at = x;
      if (far[at] <= face[k].distance) continue;
    }
    far[at] = face[k].distance;
    for (int x = 0; x < 2; x++) m->face[at].normal[x] = face[k].normal[x];
    m->face[at].at = face[k].normal[0] * m->at[0] + face[k].normal[1] * m->at[1] - face[k].distance;
  }
}

void brake_ahead(const double v[2], double out[2]) {
  double speed = m_sqrt(v[0] * v[0] + v[1] * v[1]);
  for (int k = 0; k < 2; k++) out[k] = v[k] * (LOOK_EVERY * MOTION_DT + speed / (2 * BRAKE));
}

// The largest speed from which `room` metres do to stop, this step included.
static double most_for(double room) { return room > 0 ? BRAKE * (m_sqrt(MOTION_DT * MOTION_DT + 2 * room / BRAKE) - MOTION_DT) : 0; }

// One side of what it may do: as fast as `most` towards n.
struct side { double n[2], room, most; };

static const double *moves(const struct mover *b) {
  static const double still[2] = {0, 0};
  return mover_moves(b) ? b->velocity : still;
}

// Towards where it would touch the other one. false: they do not.
static bool meets(const struct mover *m, const struct mover *b, const double v[2], struct side *out) {
  const double *its = moves(b), o[2] = {b->at[0] - m->at[0], b->at[1] - m->at[1]}, c[2] = {v[0] - its[0], v[1] - its[1]};
  double r = m->radius + b->radius, a = c[0] * c[0] + c[1] * c[1], along = o[0] * c[0] + o[1] * c[1], square = along * along - a * (o[0] * o[0] + o[1] * o[1] - r * r);
  if (along <= 0 || square <= 0) return false;
  double time = (along - m_sqrt(square)) / a, n[2];
  if (time < 0) time = 0;
  for (int k = 0; k < 2; k++) n[k] = o[k] - time * c[k];
  double size = m_sqrt(n[0] * n[0] + n[1] * n[1]);
  for (int k = 0; k < 2; k++) out->n[k] = n[k] /= size;
  double w = its[0] * n[0] + its[1] * n[1];
  out->room = o[0] * n[0] + o[1] * n[1] - r + (w < 0 ? -w : w) * w / (2 * BRAKE);
  out->most = most_for(out->room);
  return true;
}

struct sides { struct side side[BRAKE_FACES + LOOK_NEAR + WEDGES]; const struct mover *near[LOOK_NEAR]; int walls, nears; };

// What it could have to brake for at `speed`.
static void sides_of(const struct motion *o, int32_t i, double speed, struct sides *s) {
  const struct mover *m = &o->mover[i];
  const double stop = speed * MOTION_DT + speed * speed / (2 * BRAKE) + MARGIN;
  s->walls = s->nears = 0;
  for (int k = 0; k < m->faces; k++) {
    const double *out = m->face[k].normal, room = out[0] * m->at[0] + out[1] * m->at[1] - m->face[k].at;
    if (room < stop) s->side[s->walls++] = (struct side){{-out[0], -out[1]}, room, most_for(room)};
  }
  const int nears = grid_within_reach(o, m, m->radius + o->widest + stop + motion_fast2(o) / (2 * BRAKE) + MARGIN);
  for (int k = 0; k < nears; k++) {
    const struct mover *b = &o->mover[m->near[k]];
    const double *its = moves(b), x = b->at[0] - m->at[0], y = b->at[1] - m->at[1], reach = m->radius + b->radius + stop + (its[0] * its[0] + its[1] * its[1]) / (2 * BRAKE);
    if (x * x + y * y < reach * reach) s->near[s->nears++] = b;
  }
}

// Two sides that meet before it: it gets no farther than to where they do, on however flat a way to either.
static int wedges_of(struct side *side, int n, const double v[2]) {
  int all = n;
  for (int a = 0; a < n; a++)
    for (int b = a + 1; b < n; b++) {
      const double *p = side[a].n, *q = side[b].n, det = p[0] * q[1] - p[1] * q[0];
      if (p[0] * q[0] + p[1] * q[1] >= 0 || (det < ANTI && det > -ANTI) || all == n + WEDGES) continue;
      double to[2] = {(side[a].room * q[1] - side[b].room * p[1]) / det, (side[b].room * p[0] - side[a].room * q[0]) / det}, size = m_sqrt(to[0] * to[0] + to[1] * to[1]);
      if (size < SLIVER || v[0] * to[0] + v[1] * to[1] <= 0) continue;
      side[all++] = (struct side){{to[0] / size, to[1] / size}, size, most_for(size)};
    }
  return all;
}

// Takes off v what is too fast. false: nothing. touch: m/s that it may come with where it touches others.
static bool hold(const struct mover *m, struct sides *s, double touch, double v[2]) {
  int n = s->walls;
  for (int k = 0; k < s->nears; k++) n += meets(m, s->near[k], v, &s->side[n]);
  for (int k = 0; k < n && touch > 0; k++)
    if (s->side[k].most < touch) s->side[k].most = touch;
  if (touch <= 0) n = wedges_of(s->side, n, v);
  bool any = true, ever = false;
  for (int round = 0; round < ROUNDS && any; round++) {
    any = false;
    for (int k = 0; k < n; k++) {
      double over = v[0] * s->side[k].n[0] + v[1] * s->side[k].n[1] - s->side[k].most;
      if (over <= SLIVER) continue;
      for (int x = 0; x < 2; x++) v[x] -= over * s->side[k].n[x];
      any = true;
    }
    ever = ever || any;
  }
  // not to be had: slower
  for (int k = 0; k < n && any; k++) {
    double in = v[0] * s->side[k].n[0] + v[1] * s->side[k].n[1];
    for (int x = 0; x < 2 && in > s->side[k].most + SLIVER; x++) v[x] *= s->side[k].most / in;
  }
  return ever;
}

// v becomes w, or changes towards it by `most`; returns by how much it has changed, m/s.
static double approach(double v[2], const double w[2], double most) {
  double d[2] = {w[0] - v[0], w[1] - v[1]}, change = m_sqrt(d[0] * d[0] + d[1] * d[1]), scale = change > most ? most / change : 1;
  for (int k = 0; k < 2; k++) v[k] += scale * d[k];
  return scale * change;
}

void brake_towards(struct motion *o, int32_t i, double w[2]) {
  struct mover *m = &o->mover[i];
  double *v = m->velocity, v2 = v[0] * v[0] + v[1] * v[1], w2 = w[0] * w[0] + w[1] * w[1], left = MOTION_BRAKE * MOTION_DT;
  struct sides s;
  m->apart = false;
  // led, it stops on its line for others by motion_led.c: a jam that is led apart has no room to spare. It may touch them, but not run into them
  double touch = m->led ? TOUCH : 0;
  if (m->led && v2 <= touch * touch && w2 <= touch * touch) {
    approach(v, w, left);
    return;
  }
  sides_of(o, i, m_sqrt(v2 > w2 ? v2 : w2), &s);
  if (!m->led) m->apart = s.nears == 0;
  if (s.walls + s.nears > 0) {
    double safe[2] = {v[0], v[1]};
    if (hold(m, &s, touch, safe)) left -= approach(v, safe, left);
    hold(m, &s, touch, w);
  }
  approach(v, w, left);
}
