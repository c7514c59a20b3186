#include "engine/sim/body_clear.h"

#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "engine/sim/admit.h"
#include "engine/sim/body_hands.h"
#include "engine/sim/body_state.h"
#include "engine/sim/body_tracks.h"
#include "engine/sim/robot.h"
#include "engine/sim/walk.h"
#include "engine/sim/way.h"
#include "engine/world/between.h"
#include "engine/world/floor.h"
#include "engine/world/geometry.h"

// Guesses, tried on the shipped layouts.
#define SOON       10               // points of a track that one waits rather than looks for another way
#define LATE       15               // that one waits rather than goes a part of its way
#define FAR        2.0              // m    of that part, at least
#define STOPS      10               // points of its track before somebody is met where that part ends, at the latest
#define RETRY_NS   (NS_SECOND / 5)
#define OTHER_NS   (2 * NS_SECOND)  // between two searches for other ways
#define ASIDE_NS   (3 * NS_SECOND)  // that one waits before whoever stands idle in its way makes room
#define TURN_NS    (2 * NS_SECOND)  // from which on who waits beside a place has a turn before others
#define ROOM_NS    NS_SECOND        // that one waits on a spot before it goes where it is in nobody's way
#define OWN_SPOT   0.45             // m    from its own ends, of spots that overlap these
#define DETOUR     2.0              // s    that a way around spots where nobody stands yet may take longer
#define POOL       20000            // points of others' tracks in one search
#define LONGEST    600              // of one of them: after a minute it is taken to stand
#define ROOMY      0.12             // m    that a way keeps beside others: it cuts corners, and bodies sway
#define TIGHT      0.05             //      the least of that
#define MARGIN     3.0              // m    beside its way that it may go
#define READY      1.0              // s    until it moves
#define TURNS      1.5              // rad/s of turning on the spot before
#define WAIT_RING  4.0              // m    around its spot in which one waits for it
#define WAIT_STEP  0.4              // m    between points where one could
#define WAIT_TRIES 6                // of them that are looked for a way to
#define HIDDEN     1.0              // m    that one out of sight of its spot may be farther
#define CROSSED    1.0              // m    that such a point may be farther for each walk that comes by another
#define ENTER_STEP 0.3              // m    between points around its place where one could come into the hall
#define ENTER_RINGS 60              // of them
#define ENTER_GAP  0.7              // m    between those who come in, where there is room: others can pass
#define ENTER_SPOT 6.0              // m    that a point near a spot may be nearer than others
#define DANGER_NS  (4 * NS_SECOND)  // before it would get there that one stops short of somebody who is off his track
#define THERE      0.25             // m    from its spot that counts as on it
#define BESIDE     0.1              // m    from rim to rim between those who wait and others

struct clear {
  int32_t spot, leaving;            //      held where it stands or goes; where it stands until it sets out. NONE
  int32_t planned;                  //      the spot that its walk at hand leads to
  bool    due, off;                 //      its walk begins later; it does not walk as others expect since it was looked at last
  bool    stays;                    //      the walk at hand is none: no way was worth solving
  bool    near, aside;              //      the walk at hand ends where one waits; it only makes room
  ns_t    since, tried;             //      it waits; it last looked for other ways
};

struct clears {
  struct spots   spots;
  struct clear  *of;                // (robots)
  struct floor   wide[64];          // of each set of routes: where two can pass
  struct between *between;
  struct between_other others[TRACKS_NEAR];
  double       (*pool)[2], (*rough)[2];                // (POOL), (TRACKS_POINTS) scratch
  int32_t       *waiting;           // (robots) scratch
  int32_t        dues;
  bool           alone;             // there is one body only
  ns_t           retry;
  struct clear_count count;
};

// ---- memory -------------------------------------------------------------------------------------------

enum status clear_create(struct twin *t, struct error *e) {
  if (t->route_sets == 0 || t->places == 0) return STATUS_OK;
  struct clears *c = calloc(1, sizeof *c);
  if (!c) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for places");
  t->body->clears = c;
  c->of = ARENA_NEW(&t->arena, struct clear, t->robots + 1);
  c->waiting = ARENA_NEW(&t->arena, int32_t, t->robots + 1);
  c->pool = arena_alloc(&t->arena, sizeof *c->pool * POOL, 8);
  c->rough = arena_alloc(&t->arena, sizeof *c->rough * TRACKS_POINTS, 8);
  c->between = between_create(&t->arena);
  if (!c->pool || !c->rough || !c->between || !c->of || !c->waiting || !tracks_create(t)) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for places");
  for (int32_t i = 0; i < t->robots; i++) c->of[i] = (struct clear){.spot = NONE, .leaving = NONE, .planned = NONE};
  enum status s = spots_make(&c->spots, t, &t->arena, e);
  for (int k = 0; k < t->route_sets && s == STATUS_OK; k++) {
    int f = 0;
    while (t->fleet[f].routes != k) f++;
    if (floor_init(&c->wide[k], t->layout, f, 2 * t->fleet[f].radius + FLOOR_PASSING, t->zone_closed, e) == STATUS_MEMORY) s = STATUS_MEMORY;
  }
  int bodies = 0;
  for (int k = 0; k < t->body->kinds; k++) bodies += t->body->rows[k]->n;
  c->alone = bodies < 2;
  return s == STATUS_OK ? admit_create(t, &c->spots, e) : s;
}

void clear_destroy(struct twin *t) {
  struct clears *c = t->body->clears;
  if (!c) return;
  for (int k = 0; k < t->route_sets; k++) floor_finish(&c->wide[k]);
  free(c);
  t->body->clears = NULL;
}

static struct clears *clears_of(const struct twin *t) { return t->body->clears; }
static double radius_of(const struct twin *t, int32_t i) { return t->fleet[t->robot[i].fleet].radius; }
static const struct floor *floor_of(const struct twin *t, int32_t i) { return routes_floor(t->routes[t->fleet[t->robot[i].fleet].routes]); }

static bool nearer(const double p[2], const double q[2], double need) {
  double x = p[0] - q[0], y = p[1] - q[1];
  return x * x + y * y < need * need;
}

static void grow(double box[4], const double p[2]) {
  for (int a = 0; a < 2; a++) {
    box[a] = p[a] < box[a] ? p[a] : box[a];
    box[2 + a] = p[a] > box[2 + a] ? p[a] : box[2 + a];
  }
}

// ---- spots --------------------------------------------------------------------------------------------

// It needs a spot where it goes, and which: spots_free's slot.
static bool wants(const struct twin *t, int32_t i, int32_t *slot) {
  const struct robot *b = &t->robot[i];
  *slot = NONE;
  if (b->place == NONE || !b->job || (b->act != ACT_FETCH && b->act != ACT_CARRY && b->act != ACT_TO_POST)) return false;
  const struct job *a = &t->job[b->job];
  if (a->kind == JOB_HELP || (a->on_floor && b->act == ACT_FETCH)) return false;
  *slot = spots_team(t, i);
  if (*slot == NONE && spots_operates(&clears_of(t)->spots, t, i)) *slot = SPOT_CREW;
  return true;
}

void clear_goal(const struct twin *t, int32_t i, double at[2]) {
  if (!t->body || !t->body->clears || !body_stepped(t, i)) return;
  const struct clears *c = clears_of(t);
  int32_t k = c->of[i].spot;
  if (k == NONE || c->spots.spot[k].place != t->robot[i].place) return;
  memcpy(at, c->spots.spot[k].at, sizeof c->spots.spot[k].at);
}

bool clear_room(const struct twin *t, int32_t i, int32_t place) {
  return !clears_of(t) || spots_free(&clears_of(t)->spots, i, place, NONE, t->place_at[place]) != NONE;
}

static bool pending(const struct twin *t, int32_t i);

// Somebody who waits for that place beside it has waited for longer.
static bool others_first(const struct twin *t, int32_t i) {
  const struct clears *c = clears_of(t);
  const double *at = t->place_at[t->robot[i].place];
  const double box[4] = {at[0], at[1], at[0], at[1]};
  int32_t near[TRACKS_NEAR];
  int n = tracks_near(t, i, box, WAIT_RING + 1, near);
  for (int k = 0; k < n; k++) {
    int32_t j = near[k];
    const struct clear *o = &c->of[j];
    if (t->robot[j].place == t->robot[i].place && pending(t, j) && o->spot == NONE && o->since < c->of[i].since && t->now - o->since >= TURN_NS) return true;
  }
  return false;
}

static void drop(struct clears *c, int32_t *spot) {
  if (*spot != NONE) spots_leave(&c->spots, *spot);
  *spot = NONE;
}

// A spot where it is sent, or none is needed. What it had elsewhere stays its own until it sets out.
static bool take(struct twin *t, int32_t i, const double from[2]) {
  struct clears *c = clears_of(t);
  struct clear *o = &c->of[i];
  const struct robot *b = &t->robot[i];
  int32_t slot;
  bool needs = wants(t, i, &slot);
  if (o->spot != NONE && (c->spots.spot[o->spot].place != b->place || (needs && slot != NONE && c->spots.spot[o->spot].slot != slot))) {
    drop(c, &o->leaving);
    o->leaving = o->spot;
    o->spot = NONE;
  }
  if (!needs || o->spot != NONE) return true;
  int32_t k = others_first(t, i) ? NONE : spots_free(&c->spots, i, b->place, slot, from);
  if (k == NONE) return false;
  if (k == o->leaving) o->leaving = NONE;
  spots_take(&c->spots, k, i);
  o->spot = k;
  return true;
}

bool clear_there(struct twin *t, int32_t i) {
  struct clears *c = clears_of(t);
  double at[2];
  int32_t slot;
  if (!c || !wants(t, i, &slot) || !body_stands_at(t, i, at)) return true;
  struct clear *o = &c->of[i];
  int32_t place = t->robot[i].place;
  if (o->spot != NONE && c->spots.spot[o->spot].place == place) return nearer(at, c->spots.spot[o->spot].at, THERE);
  int32_t k = spots_free(&c->spots, i, place, slot, at);
  o->since = t->now;
  if (k == NONE || !nearer(at, c->spots.spot[k].at, THERE)) return false;
  if (!take(t, i, at)) return false;
  spots_stand(&c->spots, o->spot);
  drop(c, &o->leaving);
  return true;
}

// It cannot go there now: who can may have the spot.
static void give(struct twin *t, int32_t i) {
  int32_t slot;
  if (wants(t, i, &slot)) drop(clears_of(t), &clears_of(t)->of[i].spot);
}

void clear_idles(struct twin *t, int32_t i) {
  if (clears_of(t) && clears_of(t)->of[i].spot != NONE) spots_done(&clears_of(t)->spots, clears_of(t)->of[i].spot);
}

static void not_due(struct clears *c, int32_t i) {
  c->dues -= c->of[i].due;
  c->of[i].due = false;
}

void clear_leaves(struct twin *t, int32_t i) {
  struct clears *c = clears_of(t);
  if (!c) return;
  drop(c, &c->of[i].spot);
  drop(c, &c->of[i].leaving);
  not_due(c, i);
  c->of[i].near = c->of[i].aside = false;
  tracks_changed(t, i);
}

// ---- ways ---------------------------------------------------------------------------------------------

bool clear_now(const struct twin *t, int32_t i, const struct walk *w, int64_t step) {
  struct track track;
  const struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  if (!clears_of(t) || !track_make(&track, w)) return true;
  bool good = tracks_wait(t, i, &track, k->origin[r], k->upset[r].turned, step, NULL) == 0;
  free(track.at);
  return good;
}

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
  for (int k = 0; k < count && used + TRACKS_POINTS < POOL; k++) {
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

// Spots in the box where others may come to work, but for those of its own ends; at most `most`.
static int find_spots(const struct twin *t, const double box[4], const double from[2], const double goal[2], int32_t *out, int most) {
  const struct spots *s = &clears_of(t)->spots;
  int32_t k[TRACKS_NEAR];
  int n = 0, count = spots_within(s, box, k, TRACKS_NEAR);
  for (int a = 0; a < count && n < most; a++) {
    const struct spot *x = &s->spot[k[a]];
    if ((x->slot == NONE || x->slot == SPOT_CREW) && !nearer(x->at, from, OWN_SPOT) && !nearer(x->at, goal, OWN_SPOT)) out[n++] = k[a];
  }
  return n;
}

// Its track leads through a spot where others may come to work: nobody could be sent there before it has gone by.
static bool through_spots(const struct twin *t, int32_t i, const struct track *track, struct v3 from) {
  const struct clears *c = clears_of(t);
  const double *end = track->at[track->count - 1], here[2] = {from.x, from.y}, goal[2] = {from.x + end[0], from.y + end[1]};
  double box[4], need = 2 * radius_of(t, i) - TRACKS_SWAYS;
  int32_t k[TRACKS_NEAR];
  if (c->alone) return false;
  for (int a = 0; a < 4; a++) box[a] = (a % 2 ? from.y : from.x) + track->box[a] + (a < 2 ? -need : need);
  int n = find_spots(t, box, here, goal, k, TRACKS_NEAR);
  for (int s = 0; s < n; s++) {
    const double *at = c->spots.spot[k[s]].at, p[2] = {at[0] - from.x, at[1] - from.y};
    for (int a = 0; a < track->count; a += 2)
      if (nearer(p, track->at[a], need)) return true;
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
  int others = find_others(t, i, step, w.box), spots = find_spots(t, w.box, w.from, goal, spot, TRACKS_NEAR - others);
  for (int k = 0; k < spots; k++) c->others[others + k] = (struct between_other){2 * radius_of(t, i) - TRACKS_SWAYS, 1, (const double (*)[2])&c->spots.spot[spot[k]].at};
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
  double radius = radius_of(t, i);
  if (!floor_free(&c->wide[t->fleet[t->robot[i].fleet].routes], p) || spots_near(&c->spots, p, 2 * radius + BESIDE)) return false;
  for (int k = 0; k < n; k++) {
    double q[2];
    tracks_end(t, near[k], q);
    if (nearer(p, q, radius + radius_of(t, near[k]) + BESIDE)) return false;
  }
  return true;
}

static int near_point(const struct twin *t, int32_t i, const double p[2], double by, int32_t out[TRACKS_NEAR]) {
  const double box[4] = {p[0], p[1], p[0], p[1]};
  return tracks_near(t, i, box, by, out);
}

static bool good_here(const struct twin *t, int32_t i, const double p[2]) {
  int32_t near[TRACKS_NEAR];
  int n = near_point(t, i, p, 1, near);
  return good_to_wait(t, i, p, near, n);
}

// Near `at`, at least `least` m from it, in sight of it and off the ways of others if there is such a point: the best ones first. How many.
static int wait_points(const struct twin *t, int32_t i, const double at[2], double least, double out[WAIT_TRIES][2]) {
  const struct floor *f = floor_of(t, i);
  int32_t near[TRACKS_NEAR];
  int n = near_point(t, i, at, WAIT_RING + 1, near), found = 0;
  double far[WAIT_TRIES];
  bool open = floor_free(f, at);
  for (double y = -WAIT_RING; y <= WAIT_RING; y += WAIT_STEP)
    for (double x = -WAIT_RING; x <= WAIT_RING; x += WAIT_STEP) {
      double q[2] = {m_floor((at[0] + x) / WAIT_STEP + 0.5) * WAIT_STEP, m_floor((at[1] + y) / WAIT_STEP + 0.5) * WAIT_STEP}, d = geo_distance(q, at);
      if (d < least || (found == WAIT_TRIES && d >= far[found - 1]) || !good_to_wait(t, i, q, near, n)) continue;
      d += open && !floor_visible(f, at, q) ? HIDDEN : 0;
      for (int k = 0; k < n; k++) d += tracks_passes(t, near[k], q, 2 * radius_of(t, i)) ? CROSSED : 0;
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
  int32_t near[TRACKS_NEAR];
  int n = near_point(t, i, p, 2, near);
  for (int k = 0; k < n; k++) {
    double q[2], need = tracks_need(t, i, near[k]);
    tracks_end(t, near[k], q);
    if (nearer(q, p, need + by) || tracks_passes(t, near[k], p, need)) return false;
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
        double d = geo_distance(q, at) + (spots_near(s, q, 2 * radius_of(t, i)) ? ENTER_SPOT : 0);
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
static bool way_to_wait(struct twin *t, int32_t i, struct v3 from, double heading, int64_t step, bool room, struct way_route *way) {
  double p[WAY_POINTS][2], q[WAY_POINTS][2], at[WAIT_TRIES][2];
  int n = hall_points(way, from, p), points = wait_points(t, i, room ? p[0] : p[n - 1], room ? radius_of(t, i) : SPOT_WAIT, at);
  for (int k = 0; k < points; k++) {
    double time;
    if (!room && nearer(at[k], p[0], 1.0)) return false;
    int m = search(t, i, at[k], (const double (*)[2])p, n > 1 ? n - 1 : 1, way->route.speed, step, q, &time);
    if (m < 2) continue;
    way_to(t, i, heading, (const double (*)[2])q, m, way->route.speed, way);
    return true;
  }
  return false;
}

// About where one is on a way, before that is solved: it turns, then walks at one speed.
static struct track rough_track(const struct twin *t, const struct way_route *way, double heading) {
  struct clears *c = clears_of(t);
  struct track k = {.at = c->rough, .box = {0}};
  const struct v3 *p = way->point;
  int n = way->route.count;
  double turn = n > 1 ? m_atan2(p[1].y - p[0].y, p[1].x - p[0].x) - heading : 0;
  turn -= 2 * M_PI_D * m_floor(turn / (2 * M_PI_D) + 0.5);
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
static bool way_ahead(struct twin *t, int32_t i, struct v3 from, double heading, int64_t step, const struct track *track, struct way_route *way) {
  double p[WAY_POINTS][2], q[WAY_POINTS][2];
  int n = hall_points(way, from, p), tries = 0;
  struct tracks_met met;
  tracks_wait(t, i, track, from, 0, step, &met);
  for (int k = met.point - STOPS; k > 0 && tries < 3; k -= 3) {
    const double at[2] = {from.x + track->at[k][0], from.y + track->at[k][1]};
    int32_t near[TRACKS_NEAR];
    if (nearer(at, p[0], FAR)) return false;
    int count = near_point(t, i, at, 1, near);
    bool good = good_to_wait(t, i, at, near, count);
    for (int a = 0; a < count && good; a++) good = !tracks_passes(t, near[a], at, 2 * radius_of(t, i));
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

// ---- setting out --------------------------------------------------------------------------------------

// A walk that begins in `wait` points; TRACKS_AHEAD + 1: some time. NULL: none was worth solving.
struct start { const struct walk *walk; int wait; };

static const struct walk *solve(struct twin *t, int32_t i, struct way_route *way) {
  struct error e = {0};
  way->route.split = t->body->split;
  return walks_take(t->body->walks, &rows_of(t, i)->kind, &way->route, way->point, &e);
}

static double there_in(const struct start *s) { return !s->walk || s->wait > TRACKS_AHEAD ? 1e30 : s->wait * TRACK_DT + s->walk->time; }

// That way instead of *s, if it is solved and sooner there by more than `by` s.
static bool goes_by(struct twin *t, int32_t i, struct way_route *way, struct v3 from, int64_t step, double by, struct start *s) {
  struct start x = {solve(t, i, way), 0};
  if (!x.walk) return false;
  x.wait = tracks_wait(t, i, walks_track(x.walk), from, 0, step, NULL);
  if (x.wait > TRACKS_AHEAD || there_in(&x) >= there_in(s) - by) {
    walks_release(x.walk);
    return false;
  }
  if (s->walk) walks_release(s->walk);
  *s = x;
  return true;
}

// The way, or one between the others, whichever is there first. s->walk NULL: neither can be begun in time.
static void find_start(struct twin *t, int32_t i, struct way_route *way, struct v3 from, double heading, int64_t step, struct start *s) {
  struct track rough = rough_track(t, way, heading);
  double p[WAY_POINTS][2], q[WAY_POINTS][2], time, plain = (rough.count - 1) * TRACK_DT;
  int wait = tracks_wait(t, i, &rough, from, 0, step, NULL), n = hall_points(way, from, p);
  bool through = through_spots(t, i, &rough, from);
  *s = (struct start){NULL, TRACKS_AHEAD + 1};
  if (n > 1 && (wait > SOON || through)) {
    int m = search(t, i, p[n - 1], (const double (*)[2])p, n, way->route.speed, step, q, &time);
    if (m > 1 && (wait > TRACKS_AHEAD || time < wait * TRACK_DT + plain + (through ? DETOUR : 0))) {
      struct way_route other;
      way_points(t, i, q[0], heading, (const double (*)[2])(q + 1), m - 1, way->facing, way->route.speed, &other);
      if (goes_by(t, i, &other, from, step, 0, s)) clears_of(t)->count.between++;
    }
  }
  if (wait <= TRACKS_AHEAD && (!s->walk || s->wait > SOON)) goes_by(t, i, way, from, step, 0, s);
}

// A part of the way now rather than all of it later.
static void go_ahead(struct twin *t, int32_t i, struct way_route *way, struct v3 from, double heading, int64_t step, struct start *s) {
  struct track rough = rough_track(t, way, heading);
  struct start x = {NULL, 0};
  if (!way_ahead(t, i, from, heading, step, &rough, way) || !goes_by(t, i, way, from, step, 0, &x)) return;
  if (x.wait > SOON) {
    walks_release(x.walk);
    return;
  }
  if (s->walk) walks_release(s->walk);
  *s = x;
  clears_of(t)->of[i].near = true;
  give(t, i);
}

static void begins(struct twin *t, int32_t i) {
  struct clears *c = clears_of(t);
  not_due(c, i);
  drop(c, &c->of[i].leaving);
  if (t->robot[i].cause == ROBOT_TRAFFIC) robot_book(t, i, ROBOT_WALKING);
}

static void walks_in(struct twin *t, int32_t i, const struct start *s, double load, int64_t from) {
  struct body *b = t->body;
  struct body_rows *k = rows_of(t, i);
  struct clears *c = clears_of(t);
  struct robot *o = &t->robot[i];
  int r = b->row_of[i];
  k->walk[r] = s->walk;
  k->mass[r] = load;
  k->still[r] = k->again[r] = false;
  k->began[r] = s->wait > TRACKS_AHEAD ? BODY_NEVER : from + (int64_t)(s->wait * TRACK_DT / b->dt + 0.5);
  if (s->wait > TRACKS_AHEAD) {
    give(t, i);
  } else {
    o->act_length = k->began[r] * b->dt_ns - o->act_start + ns_from_seconds(s->walk->time);
    c->count.near += c->of[i].near;
    if (c->of[i].due != (s->wait > 0)) c->dues += s->wait > 0 ? 1 : -1;
    c->of[i].due = s->wait > 0;
  }
  if (s->wait == 0) begins(t, i);
  else if (o->cause == ROBOT_WALKING) robot_book(t, i, ROBOT_TRAFFIC);
  tracks_changed(t, i);
}

// Without a floor where somebody could be in anybody's way.
static void just_walk(struct twin *t, int32_t i, const struct walk *w, double load) {
  struct body *b = t->body;
  struct body_rows *k = rows_of(t, i);
  int r = b->row_of[i];
  k->walk[r] = w;
  k->mass[r] = load;
  k->still[r] = k->again[r] = false;
  k->began[r] = (t->now + b->dt_ns - 1) / b->dt_ns;
  t->robot[i].act_length = ns_from_seconds(w->time);
}

static void set_out(struct twin *t, int32_t i, struct v3 from, double heading) {
  struct clears *c = clears_of(t);
  struct clear *o = &c->of[i];
  const struct robot *b = &t->robot[i];
  const double here[2] = {from.x, from.y};
  int64_t step = (t->now + t->body->dt_ns - 1) / t->body->dt_ns;
  struct way_route way, stay;
  struct start s = {NULL, TRACKS_AHEAD + 1};
  bool has = take(t, i, here);
  o->tried = t->now;
  o->planned = o->spot;
  way_route(t, i, from, heading, &way);
  o->near = !has && ((!o->near && way_to_wait(t, i, from, heading, step, false, &way)) ||
                     (t->now - o->since >= ROOM_NS && !good_here(t, i, here) && way_to_wait(t, i, from, heading, step, true, &way)));
  // who carries together goes together, whoever is there
  if (b->act == ACT_CARRY && b->teams > 1) s = (struct start){solve(t, i, &way), 0};
  else if (has || o->near) find_start(t, i, &way, from, heading, step, &s);
  if (has && s.wait > LATE) go_ahead(t, i, &way, from, heading, step, &s);
  double load = way.route.load;
  o->stays = !s.walk;
  if (!s.walk) {
    way_points(t, i, here, heading, &here, 1, heading, way.route.speed, &stay);
    s.walk = solve(t, i, &stay);
    load = stay.route.load;
  }
  if (s.walk) walks_in(t, i, &s, load, step);
  else twin_fault(t, "R%u cannot walk from [%.2f, %.2f] to [%.2f, %.2f]", b->number, from.x, from.y, way.goal[0], way.goal[1]);
}

void clear_set_out(struct twin *t, int32_t i, struct v3 from, double heading) {
  if (clears_of(t)) {
    clears_of(t)->of[i].since = t->now;
    set_out(t, i, from, heading);
    return;
  }
  struct way_route way;
  struct error e = {0};
  way_route(t, i, from, heading, &way);
  way.route.split = t->body->split;
  const struct walk *w = walks_take(t->body->walks, &rows_of(t, i)->kind, &way.route, way.point, &e);
  if (w) just_walk(t, i, w, way.route.load);
  else twin_fault(t, "R%u cannot walk from [%.2f, %.2f] to [%.2f, %.2f]: %s", t->robot[i].number, from.x, from.y, way.goal[0], way.goal[1], e.text);
}

bool clear_stays(struct twin *t, int32_t i) {
  struct body_rows *k = rows_of(t, i);
  struct clears *c = clears_of(t);
  int r = t->body->row_of[i];
  if (!c || !k->walk[r] || k->upset[r].make || (k->began[r] != BODY_NEVER && k->began[r] * t->body->dt_ns < t->now)) return false;
  walks_release(k->walk[r]);
  k->walk[r] = NULL;
  c->of[i].off = c->of[i].due;
  not_due(c, i);
  c->of[i].near = false;
  tracks_changed(t, i);
  return true;
}

enum clear_end clear_arrives(struct twin *t, int32_t i) {
  struct clears *c = clears_of(t);
  if (!c) return CLEAR_THERE;
  tracks_changed(t, i);
  if (c->of[i].aside) {
    c->of[i].aside = false;
    return CLEAR_ASIDE;
  }
  if (c->of[i].near) return CLEAR_NEAR;
  if (c->of[i].spot != NONE && c->spots.spot[c->of[i].spot].place == t->robot[i].place) spots_stand(&c->spots, c->of[i].spot);
  return CLEAR_THERE;
}

// ---- making room ------------------------------------------------------------------------------------------

// Robot h, which stands idle, goes where it is in nobody's way. false: it stays.
static bool goes_aside(struct twin *t, int32_t h) {
  struct clears *c = clears_of(t);
  struct body_rows *k = rows_of(t, h);
  int r = t->body->row_of[h];
  const struct robot *b = &t->robot[h];
  if (b->act != ACT_IDLE || b->stopped || b->off || k->walk[r] || k->upset[r].make || t->now - c->of[h].tried < OTHER_NS) return false;
  int64_t step = t->body->step + 1;
  struct v3 from = k->origin[r];
  const double here[2] = {from.x, from.y};
  struct way_route way;
  struct start s;
  c->of[h].tried = t->now;
  way_points(t, h, here, k->facing[r], &here, 1, k->facing[r], make_of(t, b)->tables.walk_speed, &way);
  if (!way_to_wait(t, h, from, k->facing[r], step, true, &way)) return false;
  find_start(t, h, &way, from, k->facing[r], step, &s);
  if (!s.walk) return false;
  t->alive++;
  act_over(t->body, k, r);
  k->returns[r] = true;
  drop(c, &c->of[h].leaving);
  c->of[h].leaving = c->of[h].spot;
  c->of[h].spot = NONE;
  c->of[h].aside = true;
  walks_in(t, h, &s, way.route.load, step);
  return true;
}

// Who stands idle on a spot that i waits for makes room.
static void clear_place(struct twin *t, int32_t i) {
  const struct spots *s = &clears_of(t)->spots;
  int32_t place = t->robot[i].place;
  for (int32_t k = s->first[place]; k < s->first[place + 1]; k++)
    for (uint32_t n = 0; n <= s->spot[k].nears; n++) {
      int32_t h = n == 0 ? s->spot[k].holder : s->spot[s->near[s->spot[k].first_near + n - 1]].holder;
      if (h != NONE && h != i && goes_aside(t, h)) return;
    }
}

// Robot i is not where it was to be: who comes that way stops short, and who is to begin asks again.
static void warn(struct twin *t, int32_t i) {
  struct body *b = t->body;
  double at[2], box[4];
  int32_t near[TRACKS_NEAR];
  tracks_end(t, i, at);
  for (int a = 0; a < 4; a++) box[a] = at[a % 2];
  int n = tracks_near(t, i, box, 1, near);
  for (int m = 0; m < n; m++) {
    int32_t j = near[m];
    struct body_rows *k = rows_of(t, j);
    int r = b->row_of[j];
    if (clears_of(t)->of[j].due && k->began[r] > b->step && !k->upset[r].make) {
      if (tracks_wait(t, j, walks_track(k->walk[r]), k->origin[r], 0, k->began[r], NULL) == 0) continue;
      k->began[r] = BODY_NEVER;
      give(t, j);
      tracks_changed(t, j);
    } else if (!tracks_walks(t, i) && tracks_comes(t, j, at, tracks_need(t, i, j), b->step, DANGER_NS)) {
      upset_stops_short(t, j);
    }
  }
}

static void look_out(struct twin *t) {
  struct clears *c = clears_of(t);
  for (int32_t i = 0; i < t->robots; i++) {
    if (!body_stepped(t, i) || !(c->of[i].off || body_upset(t, i))) continue;
    warn(t, i);
    c->of[i].off = false;
  }
}

// ---- waiting ------------------------------------------------------------------------------------------

// It has a walk and no time at which that begins.
static bool pending(const struct twin *t, int32_t i) {
  if (!body_stepped(t, i)) return false;
  const struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  return k->here[r] && k->walk[r] && k->began[r] == BODY_NEVER && !k->upset[r].make;
}

// It has waited long enough: along its way, whoever is there.
static bool goes_through(struct twin *t, int32_t i, struct start *s) {
  const struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  struct tracks_met met;
  struct way_route way;
  if (clears_of(t)->of[i].stays) {
    way_route(t, i, k->origin[r], k->facing[r], &way);
    const struct walk *w = solve(t, i, &way);
    if (!w) return false;
    walks_release(s->walk);
    s->walk = w;
  }
  tracks_wait(t, i, walks_track(s->walk), k->origin[r], 0, t->body->step + 1, &met);
  s->wait = 0;
  clears_of(t)->count.through++;
  FLEET_BOOK(t, &t->robot[i], through, 1);
  if (met.who != NONE) twin_note(t, NOTE_ROBOT, i, "R%u walks through R%u, for which it has waited %d s", t->robot[i].number, t->robot[met.who].number, CLEAR_PATIENCE);
  return true;
}

// Points that it would have to wait now, about.
static int waits_for(struct twin *t, int32_t i, struct tracks_met *met) {
  const struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  struct way_route way;
  struct track rough, *track = &rough;
  if (clears_of(t)->of[i].stays) {
    way_route(t, i, k->origin[r], k->facing[r], &way);
    rough = rough_track(t, &way, k->facing[r]);
    return tracks_wait(t, i, track, k->origin[r], 0, t->body->step + 1, met);
  }
  return tracks_wait(t, i, walks_track(k->walk[r]), k->origin[r], 0, t->body->step + 1, met);
}

static void ask_again(struct twin *t, int32_t i) {
  struct body_rows *k = rows_of(t, i);
  struct clears *c = clears_of(t);
  struct clear *o = &c->of[i];
  int r = t->body->row_of[i];
  const double here[2] = {k->origin[r].x, k->origin[r].y};
  struct start s = {k->walk[r], TRACKS_AHEAD + 1};
  struct tracks_met met = {0, NONE};
  bool near = o->near && !o->stays, has = near || take(t, i, here), same = has && (near || o->spot == o->planned || o->stays);
  if (t->now - o->since < CLEAR_PATIENCE * NS_SECOND || !goes_through(t, i, &s)) {
    int wait = same ? waits_for(t, i, &met) : TRACKS_AHEAD + 1;
    if (!o->stays) s.wait = wait;
    if (wait > TRACKS_AHEAD && t->now - o->tried < OTHER_NS && (!has || same)) {
      give(t, i);
      if (!has) clear_place(t, i);
      else if (t->now - o->since >= ASIDE_NS && met.who != NONE) goes_aside(t, met.who);
      return;
    }
  }
  if (s.wait <= TRACKS_AHEAD) {
    walks_in(t, i, &s, k->mass[r], t->body->step + 1);
    return;
  }
  k->walk[r] = NULL;
  set_out(t, i, k->origin[r], k->facing[r]);
  walks_release(s.walk);
}

void clear_step(struct twin *t) {
  struct clears *c = clears_of(t);
  struct body *b = t->body;
  if (!c) return;
  for (int32_t i = 0; i < t->robots && c->dues > 0; i++) {
    if (!c->of[i].due) continue;
    const struct body_rows *k = rows_of(t, i);
    int r = b->row_of[i];
    // left for something else before it began
    if (!k->walk[r] || k->began[r] == BODY_NEVER) not_due(c, i);
    else if (b->step >= k->began[r]) begins(t, i);
  }
  if (t->now < c->retry) return;
  c->retry = t->now + RETRY_NS;
  tracks_look(t);
  look_out(t);
  int n = 0;
  for (int32_t i = 0; i < t->robots; i++) {
    if (!pending(t, i)) continue;
    int k = n++;
    for (; k > 0 && c->of[c->waiting[k - 1]].since > c->of[i].since; k--) c->waiting[k] = c->waiting[k - 1];
    c->waiting[k] = i;
  }
  for (int k = 0; k < n; k++)
    if (pending(t, c->waiting[k])) ask_again(t, c->waiting[k]);
}

struct clear_count clear_counted(const struct twin *t) { return t->body && t->body->clears ? t->body->clears->count : (struct clear_count){0}; }
