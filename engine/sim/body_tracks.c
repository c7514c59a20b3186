#include "engine/sim/body_tracks.h"

#include <string.h>

#include "base/maths.h"
#include "engine/sim/body_state.h"
#include "engine/world/between.h"
#include "engine/world/geometry.h"

#define CLOSER       0.01           // m    by which two who are in each other's footprints may come nearer yet
#define HANDS_MOVE   0.5            // m    that a body at work moves between two looks, at most

struct tracks {
  double  (*box)[4];                // m    (robots) least x and y, largest x and y; nowhere: it is not in the hall
  double  (*own)[2], (*other)[2];   // m    (TRACKS_POINTS) scratch
};

bool tracks_create(struct twin *t) {
  struct tracks *k = ARENA_NEW(&t->arena, struct tracks, 1);
  if (!k) return false;
  t->body->tracks = k;
  k->box = arena_alloc(&t->arena, sizeof *k->box * (size_t)(t->robots + 1), 64);
  k->own = arena_alloc(&t->arena, sizeof *k->own * TRACKS_POINTS, 8);
  k->other = arena_alloc(&t->arena, sizeof *k->other * TRACKS_POINTS, 8);
  if (!k->box || !k->own || !k->other) return false;
  tracks_look(t);
  return true;
}

bool tracks_walks(const struct twin *t, int32_t i) {
  const struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  return k->walk[r] && k->began[r] != BODY_NEVER && !k->upset[r].make;
}

void tracks_changed(struct twin *t, int32_t i) {
  double *box = t->body->tracks->box[i];
  for (int a = 0; a < 4; a++) box[a] = a < 2 ? 1e30 : -1e30;
  if (!body_stepped(t, i)) return;
  const struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  if (!k->here[r]) return;
  bool walks = tracks_walks(t, i);
  for (int a = 0; a < 4; a++) {
    const struct v3 *p = walks || !k->upset[r].make ? &k->origin[r] : &k->sample[r].base.position;
    box[a] = (a % 2 ? p->y : p->x) + (walks ? walks_track(k->walk[r])->box[a] : 0);
  }
  if (!walks || k->upset[r].turned == 0) return;
  // its frame has turned: anywhere about its beginning
  double far = geo_distance(box, box + 2) + 1;
  for (int a = 0; a < 4; a++) box[a] += a < 2 ? -far : far;
}

void tracks_look(struct twin *t) {
  for (int32_t i = 0; i < t->robots; i++) tracks_changed(t, i);
}

// They carry together, or i comes to help j where that one lies.
static bool together(const struct twin *t, int32_t i, int32_t j) {
  const struct robot *b = &t->robot[i];
  if (!b->job) return false;
  const struct job *a = &t->job[b->job];
  return (b->job == t->robot[j].job && b->teams > 1) || (a->kind == JOB_HELP && a->server == j);
}

int32_t tracks_next(const struct twin *t, int32_t i, const double box[4], double by, int32_t j) {
  const double (*all)[4] = (const double (*)[4])t->body->tracks->box;
  for (; j < t->robots; j++) {
    const double *o = all[j];
    if (o[0] > box[2] + by || o[1] > box[3] + by || o[2] < box[0] - by || o[3] < box[1] - by) continue;
    if (j != i && !together(t, i, j)) return j;
  }
  return NONE;
}

int tracks_near(const struct twin *t, int32_t i, const double box[4], double by, int32_t out[TRACKS_NEAR]) {
  int n = 0;
  for (int32_t j = tracks_next(t, i, box, by, 0); j != NONE && n < TRACKS_NEAR; j = tracks_next(t, i, box, by, j + 1)) out[n++] = j;
  return n;
}

double tracks_need(const struct twin *t, int32_t i, int32_t j) {
  return t->fleet[t->robot[i].fleet].radius + t->fleet[t->robot[j].fleet].radius - TRACKS_SWAYS;
}

// The point of a walk's track at `x` points from its beginning, in the hall.
static void at_point(const struct body_rows *k, int r, const struct track *track, double x, double sn, double cs, double out[2]) {
  int last = track->count - 1, at = x <= 0 ? 0 : x >= last ? last : (int)x;
  double share = x <= 0 || at == last ? 0 : x - at, p[2];
  for (int d = 0; d < 2; d++) p[d] = track->at[at][d] + share * (track->at[at < last ? at + 1 : last][d] - track->at[at][d]);
  out[0] = k->origin[r].x + cs * p[0] - sn * p[1];
  out[1] = k->origin[r].y + sn * p[0] + cs * p[1];
}

int tracks_points(const struct twin *t, int32_t j, int64_t from, double (*out)[2]) {
  const struct body_rows *k = rows_of(t, j);
  int r = t->body->row_of[j];
  if (!tracks_walks(t, j)) {
    tracks_end(t, j, out[0]);
    return 1;
  }
  const struct track *track = walks_track(k->walk[r]);
  double phase = (double)(from - k->began[r]) * t->body->dt / TRACK_DT, sn = 0, cs = 1;
  if (k->upset[r].turned != 0) m_sincos(k->upset[r].turned, &sn, &cs);
  int n = 0;
  do at_point(k, r, track, phase + n, sn, cs, out[n]);
  while (phase + n++ < track->count - 1 && n < TRACKS_POINTS);
  return n;
}

void tracks_end(const struct twin *t, int32_t j, double out[2]) {
  const struct body_rows *k = rows_of(t, j);
  int r = t->body->row_of[j];
  double sn = 0, cs = 1;
  if (tracks_walks(t, j)) {
    if (k->upset[r].turned != 0) m_sincos(k->upset[r].turned, &sn, &cs);
    at_point(k, r, walks_track(k->walk[r]), TRACKS_POINTS, sn, cs, out);
    return;
  }
  const struct v3 *p = k->upset[r].make ? &k->sample[r].base.position : &k->origin[r];
  out[0] = p->x;
  out[1] = p->y;
}

bool tracks_passes(const struct twin *t, int32_t j, const double p[2], double need) {
  const struct body_rows *k = rows_of(t, j);
  int r = t->body->row_of[j];
  const double *box = t->body->tracks->box[j];
  if (!tracks_walks(t, j) || p[0] < box[0] - need || p[0] > box[2] + need || p[1] < box[1] - need || p[1] > box[3] + need) return false;
  const struct track *track = walks_track(k->walk[r]);
  for (int a = 0; a < track->count; a += 2) {
    double q[2];
    at_point(k, r, track, a, 0, 1, q);
    if (tracks_nearer(p, q, need)) return true;
  }
  return false;
}

bool tracks_comes(const struct twin *t, int32_t j, const double p[2], double need, int64_t from, ns_t within) {
  const struct body_rows *k = rows_of(t, j);
  int r = t->body->row_of[j];
  if (!tracks_walks(t, j) || k->began[r] > from) return false;
  const struct track *track = walks_track(k->walk[r]);
  double phase = (double)(from - k->began[r]) * t->body->dt / TRACK_DT, sn = 0, cs = 1, until = phase + ns_to_seconds(within) / TRACK_DT;
  if (k->upset[r].turned != 0) m_sincos(k->upset[r].turned, &sn, &cs);
  for (double x = phase; x < until && x < track->count; x++) {
    double q[2];
    at_point(k, r, track, x, sn, cs, q);
    if (tracks_nearer(p, q, need)) return x > phase;
  }
  return false;
}

bool tracks_hold(const struct twin *t, int32_t i) {
  const struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  const double *box = t->body->tracks->box[i];
  if (!k->here[r]) return box[0] > box[2];
  if (k->upset[r].make || k->upset[r].turned != 0) return true;
  double p[2];
  bool walks = tracks_walks(t, i);
  const double by = walks ? 1e-9 : HANDS_MOVE;
  for (int a = 0, last = walks ? walks_track(k->walk[r])->count - 1 : 0; a <= last; a++) {
    if (walks) at_point(k, r, walks_track(k->walk[r]), a, 0, 1, p);
    else tracks_end(t, i, p);
    bool past = walks && (double)(t->body->step - k->began[r]) * t->body->dt > (a + 1) * TRACK_DT;
    if (!past && (p[0] < box[0] - by || p[1] < box[1] - by || p[0] > box[2] + by || p[1] > box[3] + by)) return false;
  }
  return true;
}

// ---- waiting for others -------------------------------------------------------------------------------------

// Which delays bring p (n points) and q (m points) together: bad[d] when p begins d points late.
static void forbid(bool bad[TRACKS_AHEAD + 1], const double (*p)[2], int n, const double (*q)[2], int m, double need) {
  for (int a = 0; a < m; a++) {
    int first = a > TRACKS_AHEAD ? a - TRACKS_AHEAD : 0, last = a < n - 1 ? a : n - 1;
    for (int k = first; k <= last; k++)
      if (!bad[a - k] && tracks_nearer(p[k], q[a], need)) bad[a - k] = true;
  }
  // it stands at its end already when the other one comes by
  for (int a = n; a < m; a++)
    if (tracks_nearer(p[n - 1], q[a], need))
      for (int d = 0; d <= TRACKS_AHEAD && d <= a - (n - 1); d++) bad[d] = true;
  // the other one stands at its end when it comes by
  for (int k = 0; k < n; k++)
    if (tracks_nearer(p[k], q[m - 1], need))
      for (int d = m - 1 > k ? m - 1 - k : 0; d <= TRACKS_AHEAD; d++) bad[d] = true;
}

// Two who are in each other's footprints already, or stand side by side at their ends, come hardly nearer.
static double need_of(const double (*p)[2], int n, const double (*q)[2], int m, double need) {
  double now = geo_distance(p[0], q[0]), end = geo_distance(p[n - 1], q[m - 1]);
  if (now < need) need = now - TRACKS_SWAYS;
  if (end < need && end >= BETWEEN_BESIDE) need = end - CLOSER;
  return need;
}

int tracks_wait(const struct twin *t, int32_t i, const struct track *track, struct v3 origin, double turned, int64_t from, struct tracks_met *met) {
  struct tracks *s = t->body->tracks;
  bool bad[TRACKS_AHEAD + 1] = {false};
  double box[4] = {1e30, 1e30, -1e30, -1e30}, sn = 0, cs = 1;
  int n = track->count < TRACKS_POINTS ? track->count : TRACKS_POINTS;
  if (turned != 0) m_sincos(turned, &sn, &cs);
  for (int k = 0; k < n; k++) {
    const double *p = track->at[k + 1 == n ? track->count - 1 : k];
    s->own[k][0] = origin.x + cs * p[0] - sn * p[1];
    s->own[k][1] = origin.y + sn * p[0] + cs * p[1];
    for (int a = 0; a < 2; a++) {
      box[a] = s->own[k][a] < box[a] ? s->own[k][a] : box[a];
      box[2 + a] = s->own[k][a] > box[2 + a] ? s->own[k][a] : box[2 + a];
    }
  }
  const double (*own)[2] = (const double (*)[2])s->own, (*other)[2] = (const double (*)[2])s->other;
  if (met) *met = (struct tracks_met){n, NONE};
  for (int32_t o = tracks_next(t, i, box, 1, 0); o != NONE; o = tracks_next(t, i, box, 1, o + 1)) {
    int m = tracks_points(t, o, from, s->other);
    double need = need_of(own, n, other, m, tracks_need(t, i, o) + TRACKS_BETWEEN);
    if (need <= 0) continue;
    for (int k = 0; met && m > 1 && k < met->point; k++)
      if (tracks_nearer(own[k], other[k < m ? k : m - 1], need)) met->point = k;
    forbid(bad, own, n, other, m, need);
    if (met && met->who == NONE && bad[0]) met->who = o;
  }
  int d = 0;
  while (d <= TRACKS_AHEAD && bad[d]) d++;
  return d;
}
