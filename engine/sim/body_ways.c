// Ways at body fidelity between all others, and places where somebody can wait.
#include <string.h>

#include "base/maths.h"
#include "engine/sim/body_clear_state.h"
#include "engine/world/geometry.h"

// Guesses, tried on the shipped layouts.
#define FAR        2.0              // m    of that part, at least
#define STOPS      10               // points of its track before somebody is met where that part ends, at the latest
#define NEXT_TO    1.3              // m    from its goal, of spots that a way is led around: beside it others work
#define OWN_SPOT   0.45             // m    from its own ends, of spots that overlap these
#define LONGEST    600              // of one of them: after a minute it is taken to stand
#define ROOMY      0.12             // m    that a way keeps beside others: it cuts corners, and bodies sway
#define TIGHT      0.05             //      the least of that
#define MARGIN     3.0              // m    beside its way that it may go
#define READY      1.0              // s    until it moves
#define TURNS      1.5              // rad/s of turning on the spot before
#define WAIT_STEP  0.4              // m    between points where one could
#define WAIT_TRIES 6                // of them that are looked for a way to
#define HIDDEN     1.0              // m    that one out of sight of its spot may be farther
#define CROSSED    1.0              // m    that such a point may be farther for each walk that comes by another
#define ENTER_STEP 0.3              // m    between points around its place where one could come into the hall
#define ENTER_RINGS 60              // of them
#define ENTER_GAP  0.7              // m    between those who come in, where there is room: others can pass
#define ENTER_SPOT 6.0              // m    that a point near a spot may be nearer than others
#define BESIDE     0.1              // m    from rim to rim between those who wait and others

static const struct floor *floor_of(const struct twin *t, int32_t i) { return routes_floor(t->routes[t->fleet[t->robot[i].fleet].routes]); }

static void grow(double box[4], const double p[2]) {
  for (int a = 0; a < 2; a++) {
    box[a] = p[a] < box[a] ? p[a] : box[a];
    box[2 + a] = p[a] > box[2 + a] ? p[a] : box[2 + a];
  }
}

// ---- ways ---------------------------------------------------------------------------------------------

static int hall_points(const struct way_route *way, struct v3 from, double out[WAY_POINTS][2]) {
  for (int p = 0; p < way->route.count; p++) {
    out[p][0] = from.x + way->point[p].x;
    out[p][1] = from.y + way->point[p].y;
  }
  return way->route.count;
}

// Everybody else near the box, from step `step` on, as the search wants them.
static int find_others(const struct twin *t, int32_t i, int64_t step, const double box[4]) {
  struct clears *c = clears_of(t);
  int32_t near[TRACKS_NEAR];
  int n = 0, used = 0, count = tracks_near(t, i, box, 1, near);
  for (int k = 0; k < count && used + TRACKS_POINTS < CLEAR_POOL; k++) {
    double (*at)[2] = c->pool + used;
    int m = tracks_points(t, near[k], step, at);
    if (m > LONGEST) {
      memcpy(at[LONGEST - 1], at[m - 1], sizeof *at);
      m = LONGEST;
    }
    c->others[n++] = (struct between_other){tracks_need(t, i, near[k]) + TRACKS_BETWEEN, m, (const double (*)[2])at};
    used += m;
  }
  return n;
}

// Spots beside the goal where others may come to work, but for those of its own ends; at most `most`.
static int find_spots(const struct twin *t, const double from[2], const double goal[2], int32_t *out, int most) {
  const struct spots *s = &clears_of(t)->spots;
  const double box[4] = {goal[0] - NEXT_TO, goal[1] - NEXT_TO, goal[0] + NEXT_TO, goal[1] + NEXT_TO};
  int32_t k[TRACKS_NEAR];
  int n = 0, count = spots_within(s, box, k, TRACKS_NEAR);
  for (int a = 0; a < count && n < most; a++) {
    const struct spot *x = &s->spot[k[a]];
    if ((x->slot == NONE || x->slot == SPOT_CREW) && !tracks_nearer(x->at, from, OWN_SPOT) && !tracks_nearer(x->at, goal, OWN_SPOT)) out[n++] = k[a];
  }
  return n;
}

// Its track leads through a spot where others may come to work: nobody could be sent there before it has gone by.
bool ways_through_spots(const struct twin *t, int32_t i, const struct track *track, struct v3 from) {
  const struct clears *c = clears_of(t);
  const double *end = track->at[track->count - 1], here[2] = {from.x, from.y}, goal[2] = {from.x + end[0], from.y + end[1]};
  double need = 2 * clear_radius(t, i) - TRACKS_SWAYS;
  int32_t k[TRACKS_NEAR];
  int n = c->alone ? 0 : find_spots(t, here, goal, k, TRACKS_NEAR);
  for (int s = 0; s < n; s++) {
    const double *at = c->spots.spot[k[s]].at, p[2] = {at[0] - from.x, at[1] - from.y};
    for (int a = 0; a < track->count; a += 2)
      if (tracks_nearer(p, track->at[a], need)) return true;
  }
  return false;
}

// A way to the goal between all others, near that of n points p; around spots where others may come to work if there is one. Points of the hall: how many, 0: none.
static int search(struct twin *t, int32_t i, const double goal[2], const double (*p)[2], int n, double speed, int64_t step, double out[WAY_POINTS][2], double *time) {
  static const double later[] = {0, 0, 2, 5, 0};
  struct clears *c = clears_of(t);
  struct between_wish w = {.floor = floor_of(t, i), .from = {p[0][0], p[0][1]}, .goal = {goal[0], goal[1]}, .speed = speed, .box = {goal[0], goal[1], goal[0], goal[1]}, .other = c->others};
  int32_t spot[TRACKS_NEAR];
  for (int k = 0; k < n; k++) grow(w.box, p[k]);
  for (int a = 0; a < 2; a++) w.box[a] -= MARGIN, w.box[2 + a] += MARGIN;
  int others = find_others(t, i, step, w.box), spots = find_spots(t, w.from, goal, spot, TRACKS_NEAR - others);
  for (int k = 0; k < spots; k++) c->others[others + k] = (struct between_other){2 * clear_radius(t, i) - TRACKS_SWAYS, 1, (const double (*)[2])&c->spots.spot[spot[k]].at};
  for (size_t k = 0; k < sizeof later / sizeof *later; k++) {
    w.others = k == 0 ? others + spots : others;
    w.ready = READY + later[k];
    w.beside = k + 1 < sizeof later / sizeof *later ? ROOMY : TIGHT;
    int m = between_find(c->between, &w, out, WAY_POINTS - 20, time);
    if (m) return m > 0 ? m : 0;
  }
  return 0;
}

// ---- where one waits ------------------------------------------------------------------------------------

// Nobody minds its standing there: others can pass, no spot is near, none of those stands there or will.
static bool good_to_wait(const struct twin *t, int32_t i, const double p[2], const int32_t *near, int n) {
  const struct clears *c = clears_of(t);
  double radius = clear_radius(t, i);
  if (!floor_free(&c->wide[t->fleet[t->robot[i].fleet].routes], p) || spots_near(&c->spots, p, 2 * radius + BESIDE)) return false;
  for (int k = 0; k < n; k++) {
    double q[2];
    tracks_end(t, near[k], q);
    if (tracks_nearer(p, q, radius + clear_radius(t, near[k]) + BESIDE)) return false;
  }
  return true;
}

static int near_point(const struct twin *t, int32_t i, const double p[2], double by, int32_t out[TRACKS_NEAR]) {
  const double box[4] = {p[0], p[1], p[0], p[1]};
  return tracks_near(t, i, box, by, out);
}

bool ways_good_to_wait(const struct twin *t, int32_t i, const double p[2]) {
  int32_t near[TRACKS_NEAR];
  int n = near_point(t, i, p, 1, near);
  return good_to_wait(t, i, p, near, n);
}

// Near `at`, at least `least` m from it, in sight of it and off the ways of others if there is such a point: the best ones first. How many.
static int wait_points(const struct twin *t, int32_t i, const double at[2], double least, double out[WAIT_TRIES][2]) {
  const struct floor *f = floor_of(t, i);
  int32_t near[TRACKS_NEAR];
  int n = near_point(t, i, at, CLEAR_RING + 1, near), found = 0;
  double far[WAIT_TRIES];
  bool open = floor_free(f, at);
  for (double y = -CLEAR_RING; y <= CLEAR_RING; y += WAIT_STEP)
    for (double x = -CLEAR_RING; x <= CLEAR_RING; x += WAIT_STEP) {
      double q[2] = {m_floor((at[0] + x) / WAIT_STEP + 0.5) * WAIT_STEP, m_floor((at[1] + y) / WAIT_STEP + 0.5) * WAIT_STEP}, d = geo_distance(q, at);
      if (d < least || (found == WAIT_TRIES && d >= far[found - 1]) || !good_to_wait(t, i, q, near, n)) continue;
      d += open && !floor_visible(f, at, q) ? HIDDEN : 0;
      for (int k = 0; k < n; k++) d += tracks_passes(t, near[k], q, 2 * clear_radius(t, i)) ? CROSSED : 0;
      if (found == WAIT_TRIES && d >= far[found - 1]) continue;
      int k = found < WAIT_TRIES ? found++ : WAIT_TRIES - 1;
      for (; k > 0 && far[k - 1] > d; k--) {
        far[k] = far[k - 1];
        memcpy(out[k], out[k - 1], sizeof *out);
      }
      far[k] = d;
      memcpy(out[k], q, sizeof q);
    }
  return found;
}

// Nobody stands or will come within `by` m more than he has to keep from there.
static bool nobody_at(const struct twin *t, int32_t i, const double p[2], double by) {
  const double box[4] = {p[0], p[1], p[0], p[1]};
  for (int32_t j = tracks_next(t, i, box, 2, 0); j != NONE; j = tracks_next(t, i, box, 2, j + 1)) {
    double q[2], need = tracks_need(t, i, j);
    tracks_end(t, j, q);
    if (tracks_nearer(q, p, need + by) || tracks_passes(t, j, p, need)) return false;
  }
  return true;
}

void clear_enter(const struct twin *t, int32_t i, double at[2]) {
  if (!clears_of(t) || nobody_at(t, i, at, 0)) return;
  const struct floor *f = floor_of(t, i);
  const struct spots *s = &clears_of(t)->spots;
  double best = 1e30, out[2] = {at[0], at[1]};
  bool open = floor_free(f, at);
  // first with room between them for others, then as near as they can stand
  for (int pass = 0; pass < 2 && best > 1e29; pass++)
    for (int ring = 1; ring <= ENTER_RINGS && ring * ENTER_STEP < best; ring++)
      for (int k = 0; k < 8 * ring; k++) {
        int side = k / (2 * ring), along = k % (2 * ring) - ring, x = side == 0 ? along : side == 1 ? ring : side == 2 ? -along : -ring, y = side == 0 ? -ring : side == 1 ? along : side == 2 ? ring : -along;
        const double q[2] = {at[0] + x * ENTER_STEP, at[1] + y * ENTER_STEP};
        double d = geo_distance(q, at) + (spots_near(s, q, 2 * clear_radius(t, i)) ? ENTER_SPOT : 0);
        if (d >= best || !floor_free(f, q) || (open && !floor_visible(f, at, q)) || !nobody_at(t, i, q, pass ? TRACKS_SWAYS : ENTER_GAP)) continue;
        best = d;
        memcpy(out, q, sizeof out);
      }
  memcpy(at, out, sizeof out);
}

void clear_entered(struct twin *t, int32_t i) {
  if (clears_of(t)) tracks_changed(t, i);
}

static void way_to(const struct twin *t, int32_t i, double heading, const double (*q)[2], int m, double speed, struct way_route *way) {
  way_points(t, i, q[0], heading, q + 1, m - 1, m_atan2(q[m - 1][1] - q[m - 2][1], q[m - 1][0] - q[m - 2][0]), speed, way);
}

// The way to where it waits for a spot of its place, or makes room for who needs the one it stands on. false: it stays.
bool ways_to_wait(struct twin *t, int32_t i, struct v3 from, double heading, int64_t step, bool room, struct way_route *way) {
  double p[WAY_POINTS][2], q[WAY_POINTS][2], at[WAIT_TRIES][2];
  int n = hall_points(way, from, p), points = wait_points(t, i, room ? p[0] : p[n - 1], room ? clear_radius(t, i) : SPOT_WAIT, at);
  for (int k = 0; k < points; k++) {
    double time;
    if (!room && tracks_nearer(at[k], p[0], 1.0)) return false;
    int m = search(t, i, at[k], (const double (*)[2])p, n > 1 ? n - 1 : 1, way->route.speed, step, q, &time);
    if (m < 2) continue;
    way_to(t, i, heading, (const double (*)[2])q, m, way->route.speed, way);
    return true;
  }
  return false;
}

// About where one is on a way, before that is solved: it turns, then walks at one speed.
struct track ways_rough(const struct twin *t, const struct way_route *way, double heading) {
  struct clears *c = clears_of(t);
  struct track k = {.at = c->rough, .box = {0}};
  const struct v3 *p = way->point;
  int n = way->route.count;
  double turn = n > 1 ? m_wrap(m_atan2(p[1].y - p[0].y, p[1].x - p[0].x) - heading) : 0;
  for (double s = READY + (turn < 0 ? -turn : turn) / TURNS; s > 0 && k.count < TRACKS_POINTS - 1; s -= TRACK_DT) k.at[k.count][0] = k.at[k.count][1] = 0, k.count++;
  double gone = way->route.speed * TRACK_DT, over = 0;
  for (int a = 0; a + 1 < n; a++) {
    double dx = p[a + 1].x - p[a].x, dy = p[a + 1].y - p[a].y, length = m_sqrt(dx * dx + dy * dy);
    for (; over < length && k.count < TRACKS_POINTS - 1; over += gone, k.count++) {
      k.at[k.count][0] = p[a].x + over / length * dx;
      k.at[k.count][1] = p[a].y + over / length * dy;
    }
    over -= length;
  }
  k.at[k.count][0] = p[n - 1].x;
  k.at[k.count][1] = p[n - 1].y;
  k.count++;
  for (int a = 0; a < k.count; a++) grow(k.box, k.at[a]);
  return k;
}

// On that way as far as nobody who walks is met, to where it is in nobody's way. false: that is not far.
bool ways_ahead(struct twin *t, int32_t i, struct v3 from, double heading, int64_t step, struct way_route *way) {
  struct track track = ways_rough(t, way, heading);
  double p[WAY_POINTS][2], q[WAY_POINTS][2];
  int n = hall_points(way, from, p), tries = 0;
  struct tracks_met met;
  tracks_wait(t, i, &track, from, 0, step, &met);
  for (int k = met.point - STOPS; k > 0 && tries < 3; k -= 3) {
    const double at[2] = {from.x + track.at[k][0], from.y + track.at[k][1]};
    int32_t near[TRACKS_NEAR];
    if (tracks_nearer(at, p[0], FAR)) return false;
    int count = near_point(t, i, at, 1, near);
    bool good = good_to_wait(t, i, at, near, count);
    for (int a = 0; a < count && good; a++) good = !tracks_passes(t, near[a], at, 2 * clear_radius(t, i));
    if (!good) continue;
    tries++;
    double time;
    int m = search(t, i, at, (const double (*)[2])p, n, way->route.speed, step, q, &time);
    if (m < 2) continue;
    way_to(t, i, heading, (const double (*)[2])q, m, way->route.speed, way);
    return true;
  }
  return false;
}

bool ways_between(struct twin *t, int32_t i, const struct way_route *way, struct v3 from, double heading, int64_t step, struct way_route *out, double *time) {
  double p[WAY_POINTS][2], q[WAY_POINTS][2];
  int n = hall_points(way, from, p), m = n > 1 ? search(t, i, p[n - 1], (const double (*)[2])p, n, way->route.speed, step, q, time) : 0;
  if (m < 2) return false;
  way_points(t, i, q[0], heading, (const double (*)[2])(q + 1), m - 1, way->facing, way->route.speed, out);
  return true;
}
