#include "engine/sim/body_clear.h"

#include <stdlib.h>
#include <string.h>

#include "engine/sim/admit.h"
#include "engine/sim/body_clear_state.h"
#include "engine/sim/body_hands.h"
#include "engine/sim/robot.h"
#include "engine/sim/walk.h"
#include "engine/sim/wide.h"

// Guesses, tried on the shipped layouts.
#define SOON       10               // points of a track that one waits rather than looks for another way
#define BOTH       50               // that one would wait at most where the plain way is solved too
#define LATE       15               // that one waits rather than goes a part of its way
#define RETRY_NS   (NS_SECOND / 5)
#define OTHER_NS   (2 * NS_SECOND)  // between two searches for other ways
#define AGAIN_NS   (NS_SECOND / 2)  // between two looks for a spot on the way to where it waits
#define ASIDE_NS   (3 * NS_SECOND)  // that one waits before whoever stands idle in its way makes room
#define TURN_NS    (2 * NS_SECOND)  // from which on who waits beside a place has a turn before others
#define ROOM_NS    NS_SECOND        // that one waits on a spot before it goes where it is in nobody's way
#define ASKED      4                // robots that make room for who sets out with others
#define DETOUR     2.0              // s    that a way around spots where nobody stands yet may take longer
#define DANGER_NS  (4 * NS_SECOND)  // before it would get there that one stops short of somebody who is off his track
#define RELIED_NS  (60 * NS_SECOND) // that who walks is looked at ahead
#define THERE      0.25             // m    from its spot that counts as on it

// ---- memory -------------------------------------------------------------------------------------------

enum status clear_create(struct twin *t, struct error *e) {
  if (t->route_sets == 0 || t->places == 0) return STATUS_OK;
  struct clears *c = calloc(1, sizeof *c);
  if (!c) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for places");
  t->body->clears = c;
  c->of = ARENA_NEW(&t->arena, struct clear, t->robots + 1);
  c->waiting = ARENA_NEW(&t->arena, int32_t, t->robots + 1);
  c->pool = arena_alloc(&t->arena, sizeof *c->pool * CLEAR_POOL, 8);
  c->rough = arena_alloc(&t->arena, sizeof *c->rough * TRACKS_POINTS, 8);
  c->between = between_create(&t->arena);
  if (!c->pool || !c->rough || !c->between || !c->of || !c->waiting || !tracks_create(t)) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for places");
  for (int32_t i = 0; i < t->robots; i++) c->of[i] = (struct clear){.spot = NONE, .leaving = NONE, .planned = NONE};
  enum status s = spots_make(&c->spots, t, &t->arena, e);
  if (s == STATUS_OK) s = wide_make(t, c->wide, e);
  int bodies = 0;
  for (int32_t i = 0; i < t->robots; i++) bodies += body_stepped(t, i);
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
static bool goes_aside(struct twin *t, int32_t h);

// Somebody who waits beside that place for the same spots has waited for longer.
static bool others_first(const struct twin *t, int32_t i, int32_t slot) {
  const struct clears *c = clears_of(t);
  const double *at = t->place_at[t->robot[i].place];
  const double box[4] = {at[0], at[1], at[0], at[1]};
  for (int32_t j = tracks_next(t, i, box, CLEAR_RING + 1, 0), its; j != NONE; j = tracks_next(t, i, box, CLEAR_RING + 1, j + 1)) {
    const struct clear *o = &c->of[j];
    if (t->robot[j].place == t->robot[i].place && pending(t, j) && o->spot == NONE && o->since < c->of[i].since && t->now - o->since >= TURN_NS && wants(t, j, &its) && its == slot) return true;
  }
  return false;
}

static void drop(struct clears *c, int32_t *spot) {
  if (*spot != NONE) spots_leave(&c->spots, *spot);
  *spot = NONE;
}

// A spot of that place is for who wants that slot.
static bool suits(const struct spot *s, int32_t place, int32_t slot) { return s->place == place && (slot != NONE ? s->slot == slot : s->slot < SPOT_CREW); }

// A spot where it is sent, or none is needed. What it had elsewhere stays its own until it sets out.
static bool take(struct twin *t, int32_t i, const double from[2]) {
  struct clears *c = clears_of(t);
  struct clear *o = &c->of[i];
  const struct robot *b = &t->robot[i];
  int32_t slot;
  bool needs = wants(t, i, &slot);
  if (o->spot != NONE && (needs ? !suits(&c->spots.spot[o->spot], b->place, slot) : c->spots.spot[o->spot].place != b->place)) {
    drop(c, &o->leaving);
    o->leaving = o->spot;
    o->spot = NONE;
  }
  if (!needs || o->spot != NONE) return true;
  int32_t k = others_first(t, i, slot) ? NONE : spots_free(&c->spots, i, b->place, slot, from);
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
  if (o->spot != NONE && suits(&c->spots.spot[o->spot], place, slot)) return tracks_nearer(at, c->spots.spot[o->spot].at, THERE);
  int32_t k = spots_free(&c->spots, i, place, slot, at);
  o->since = t->now;
  if (k == NONE || !tracks_nearer(at, c->spots.spot[k].at, THERE)) return false;
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
  c->of[i].near = c->of[i].aside = c->of[i].off = false;
  tracks_changed(t, i);
}

void clear_goes_over(struct twin *t, int32_t i) {
  if (!clears_of(t)) return;
  clears_of(t)->of[i].off = true;
  tracks_changed(t, i);
}

// It does not make room any more, from where it stands or is.
static void not_aside(struct clears *c, int32_t i) {
  struct clear *o = &c->of[i];
  if (!o->aside) return;
  o->aside = false;
  if (o->spot == NONE) o->spot = o->leaving, o->leaving = NONE;
}

void clear_left(struct twin *t, int32_t i) {
  struct clears *c = clears_of(t);
  if (!c) return;
  not_due(c, i);
  not_aside(c, i);
  c->of[i].near = false;
  clear_goes_over(t, i);
}

void clear_falls(struct twin *t, int32_t i) {
  struct clears *c = clears_of(t);
  if (!c) return;
  drop(c, &c->of[i].spot);
  drop(c, &c->of[i].leaving);
}

bool clear_now(const struct twin *t, int32_t i, const struct walk *w, int64_t step) {
  struct track track;
  const struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  if (!clears_of(t) || !track_make(&track, w)) return true;
  bool good = tracks_wait(t, i, &track, k->origin[r], k->upset[r].turned, step, NULL) == 0;
  free(track.at);
  return good;
}

// ---- setting out --------------------------------------------------------------------------------------

// A closed zone leaves it no way to its place.
static bool cut_off(const struct twin *t, int32_t i) {
  const struct robot *b = &t->robot[i];
  int32_t begin = b->turned ? b->was_to : b->from;
  return begin != NONE && b->place != NONE && begin != b->place && routes_length(t->routes[t->fleet[b->fleet].routes], begin, b->place) < 0;
}

// A walk that begins in `wait` points; TRACKS_AHEAD + 1: some time. NULL: none was worth solving.
struct start { const struct walk *walk; int wait; };

// NULL: it cannot be walked, which is the twin's fault unless there are other ways.
static const struct walk *solve(struct twin *t, int32_t i, struct way_route *way, struct v3 from, bool others) {
  struct error e = {0};
  way->route.split = t->body->split;
  const struct walk *w = walks_take(t->body->walks, &rows_of(t, i)->kind, &way->route, way->point, &e);
  if (!w && (!others || e.status == STATUS_MEMORY)) twin_fault(t, "R%u cannot walk from [%.2f, %.2f] to [%.2f, %.2f]: %s", t->robot[i].number, from.x, from.y, way->goal[0], way->goal[1], e.text);
  return w;
}

static double there_in(const struct start *s) { return !s->walk || s->wait > TRACKS_AHEAD ? 1e30 : s->wait * TRACK_DT + s->walk->time; }

// That way instead of *s, if it can be walked (others: it need not be) and is there sooner.
static bool goes_by(struct twin *t, int32_t i, struct way_route *way, struct v3 from, bool others, int64_t step, struct start *s) {
  struct start x = {solve(t, i, way, from, others), 0};
  if (!x.walk) return false;
  x.wait = tracks_wait(t, i, walks_track(x.walk), from, 0, step, NULL);
  if (x.wait > TRACKS_AHEAD || there_in(&x) >= there_in(s)) {
    walks_release(x.walk);
    return false;
  }
  if (s->walk) walks_release(s->walk);
  *s = x;
  return true;
}

// The way, or one between the others, whichever is there first. s->walk NULL: neither can be begun in time.
static void find_start(struct twin *t, int32_t i, struct way_route *way, struct v3 from, double heading, int64_t step, struct start *s) {
  struct track rough = ways_rough(t, way, heading);
  struct way_route other;
  double time, plain = (rough.count - 1) * TRACK_DT;
  int wait = tracks_wait(t, i, &rough, from, 0, step, NULL);
  bool through = ways_through_spots(t, i, &rough, from);
  *s = (struct start){NULL, TRACKS_AHEAD + 1};
  if ((wait > SOON || through) && ways_between(t, i, way, from, heading, step, &other, &time) &&
      (wait > TRACKS_AHEAD || time < wait * TRACK_DT + plain + (through ? DETOUR : 0)))
    goes_by(t, i, &other, from, true, step, s);
  // bends take longer than they were taken for
  if (wait <= TRACKS_AHEAD && (!s->walk || s->wait > SOON || (!through && wait <= BOTH))) goes_by(t, i, way, from, false, step, s);
}

// A part of the way now rather than all of it later.
static void go_ahead(struct twin *t, int32_t i, struct way_route *way, struct v3 from, double heading, int64_t step, struct start *s) {
  struct start x = {NULL, 0};
  if (!ways_ahead(t, i, from, heading, step, way) || !goes_by(t, i, way, from, true, step, &x)) return;
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
  c->of[i].off = false;
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
  bool open = !cut_off(t, i), has = open && take(t, i, here);
  o->tried = t->now;
  o->planned = o->spot;
  way_route(t, i, from, heading, &way);
  o->near = !has && open && ((!o->near && ways_to_wait(t, i, from, heading, step, false, &way)) ||
                     (t->now - o->since >= ROOM_NS && !ways_good_to_wait(t, i, here) && ways_to_wait(t, i, from, heading, step, true, &way)));
  // who carries together goes together, whoever is there; who has nothing to do there makes room meanwhile
  if (open && b->act == ACT_CARRY && b->teams > 1) {
    struct tracks_met met = {0, NONE};
    s = (struct start){solve(t, i, &way, from, false), 0};
    for (int k = 0; k < ASKED && s.walk && tracks_wait(t, i, walks_track(s.walk), from, 0, step, &met) > 0 && met.who != NONE && goes_aside(t, met.who); k++) continue;
  } else if (has || o->near) find_start(t, i, &way, from, heading, step, &s);
  if (has && s.wait > LATE) go_ahead(t, i, &way, from, heading, step, &s);
  double load = way.route.load;
  o->stays = !s.walk;
  if (!s.walk) {
    way_points(t, i, here, heading, &here, 1, heading, way.route.speed, &stay);
    s.walk = solve(t, i, &stay, from, false);
    load = stay.route.load;
  }
  if (s.walk) walks_in(t, i, &s, load, step);
}

void clear_set_out(struct twin *t, int32_t i, struct v3 from, double heading) {
  if (clears_of(t)) {
    not_aside(clears_of(t), i);
    clears_of(t)->of[i].since = t->now;
    set_out(t, i, from, heading);
    return;
  }
  struct way_route way;
  way_route(t, i, from, heading, &way);
  const struct walk *w = solve(t, i, &way, from, false);
  if (w) just_walk(t, i, w, way.route.load);
}

// Somebody walks already who comes by where it stands, after it is to have left.
static bool relied_on(const struct twin *t, int32_t i) {
  double at[2], box[4];
  for (int a = 0; a < 2; a++) box[a] = box[2 + a] = at[a] = a ? rows_of(t, i)->origin[t->body->row_of[i]].y : rows_of(t, i)->origin[t->body->row_of[i]].x;
  for (int32_t j = tracks_next(t, i, box, 1, 0); j != NONE; j = tracks_next(t, i, box, 1, j + 1))
    if (tracks_comes(t, j, at, tracks_need(t, i, j), t->body->step, RELIED_NS)) return true;
  return false;
}

bool clear_stays(struct twin *t, int32_t i) {
  struct body_rows *k = rows_of(t, i);
  struct clears *c = clears_of(t);
  int r = t->body->row_of[i];
  if (!c || !k->walk[r] || k->upset[r].make || (k->began[r] != BODY_NEVER && k->began[r] * t->body->dt_ns < t->now) || (k->began[r] != BODY_NEVER && relied_on(t, i))) return false;
  c->of[i].off |= k->began[r] != BODY_NEVER;
  walks_release(k->walk[r]);
  k->walk[r] = NULL;
  not_due(c, i);
  c->of[i].near = false;
  tracks_changed(t, i);
  return true;
}

enum clear_end clear_arrives(struct twin *t, int32_t i, bool on) {
  struct clears *c = clears_of(t);
  if (!c) return CLEAR_THERE;
  struct clear *o = &c->of[i];
  tracks_changed(t, i);
  o->off = o->off && on;
  if (o->aside) {
    o->aside = false;
    return CLEAR_ASIDE;
  }
  o->near = o->near && !on;
  if (o->near) return CLEAR_NEAR;
  if (!on && o->spot != NONE && c->spots.spot[o->spot].place == t->robot[i].place) spots_stand(&c->spots, o->spot);
  return CLEAR_THERE;
}

// ---- making room ------------------------------------------------------------------------------------------

// Robot h, which stands idle, goes where it is in nobody's way. false: it stays.
static bool goes_aside(struct twin *t, int32_t h) {
  struct clears *c = clears_of(t);
  struct body_rows *k = rows_of(t, h);
  int r = t->body->row_of[h];
  const struct robot *b = &t->robot[h];
  struct clear *o = &c->of[h];
  if (b->act != ACT_IDLE || b->stopped || b->off || k->walk[r] || k->upset[r].make || t->now - o->tried < OTHER_NS || !act_ends(t->body, k, r)) return false;
  act_over(t->body, k, r);
  int64_t step = t->body->step + 1;
  struct v3 from = k->origin[r];
  const double here[2] = {from.x, from.y};
  struct way_route way;
  struct start s;
  o->tried = t->now;
  way_points(t, h, here, k->facing[r], &here, 1, k->facing[r], make_of(t, b)->tables.walk_speed, &way);
  if (!ways_to_wait(t, h, from, k->facing[r], step, true, &way)) return false;
  find_start(t, h, &way, from, k->facing[r], step, &s);
  if (!s.walk) return false;
  t->alive++;
  k->returns[r] = true;
  drop(c, &o->leaving);
  o->leaving = o->spot;
  o->spot = NONE;
  o->aside = true;
  o->near = o->stays = false;
  o->since = t->now;
  walks_in(t, h, &s, way.route.load, step);
  return true;
}

// Its way aside is not clear any more before it has set out: it stays.
static void stays_after_all(struct twin *t, int32_t i) {
  struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  walks_release(k->walk[r]);
  k->walk[r] = NULL;
  t->alive--;
  not_aside(clears_of(t), i);
  k->returns[r] = false;
  upset_back(t, k, r);
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

// Robot i is not where it was to be: who comes to where it stands, or is about to, stops short, and who is to begin asks again.
static void warn(struct twin *t, int32_t i) {
  struct body *b = t->body;
  bool stands = !tracks_walks(t, i) || rows_of(t, i)->upset[b->row_of[i]].halts;
  double at[2], box[4];
  tracks_end(t, i, at);
  for (int a = 0; a < 4; a++) box[a] = at[a % 2];
  for (int32_t j = tracks_next(t, i, box, 1, 0); j != NONE; j = tracks_next(t, i, box, 1, j + 1)) {
    struct body_rows *k = rows_of(t, j);
    int r = b->row_of[j];
    if (clears_of(t)->of[j].due && k->began[r] > b->step && !k->upset[r].make) {
      if (tracks_wait(t, j, walks_track(k->walk[r]), k->origin[r], 0, k->began[r], NULL) == 0) continue;
      k->began[r] = BODY_NEVER;
      give(t, j);
      clear_goes_over(t, j);        // it stands where it was to have left
    } else if (stands && tracks_comes(t, j, at, tracks_need(t, i, j), b->step, DANGER_NS)) {
      upset_stops_short(t, j);
    }
  }
}

static void look_out(struct twin *t) {
  struct clears *c = clears_of(t);
  for (int32_t i = 0; i < t->robots; i++)
    if (body_stepped(t, i) && (c->of[i].off || body_upset(t, i))) warn(t, i);
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
    const struct walk *w = solve(t, i, &way, k->origin[r], false);
    if (!w) return false;
    walks_release(s->walk);
    s->walk = w;
    clears_of(t)->of[i].stays = clears_of(t)->of[i].near = false;
  }
  tracks_wait(t, i, walks_track(s->walk), k->origin[r], 0, t->body->step + 1, &met);
  s->wait = 0;
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
    rough = ways_rough(t, &way, k->facing[r]);
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
  if (o->aside) {
    stays_after_all(t, i);
    return;
  }
  if (cut_off(t, i)) {
    give(t, i);
    o->since = t->now;
    return;
  }
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

// On its way to where it would wait it may have a spot by now: it turns off there without stopping first, if nobody is in the way.
static void turns_in(struct twin *t, int32_t i) {
  struct clear *o = &clears_of(t)->of[i];
  const struct body_rows *k = rows_of(t, i);
  const struct robot *b = &t->robot[i];
  double at[2], heading, speed;
  if (o->aside || !tracks_walks(t, i) || k->began[t->body->row_of[i]] > t->body->step || b->off || b->stopped || t->now - o->tried < AGAIN_NS) return;
  o->tried = t->now;
  body_position(t, i, at, &heading, &speed);
  if (!take(t, i, at)) return;
  if (!body_turns_off(t, i)) {
    give(t, i);
    return;
  }
  o->near = false;
  o->planned = o->spot;
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
    const struct robot *o = &t->robot[i];
    if (o->off && o->act != ACT_TO_CHARGER && o->act != ACT_TO_REPAIR) {
      c->of[i].since = t->now;      // work stops where it is, and others have not waited for longer when it goes on
      continue;
    }
    int k = n++;
    for (; k > 0 && c->of[c->waiting[k - 1]].since > c->of[i].since; k--) c->waiting[k] = c->waiting[k - 1];
    c->waiting[k] = i;
  }
  for (int k = 0; k < n; k++)
    if (pending(t, c->waiting[k])) ask_again(t, c->waiting[k]);
  for (int32_t i = 0; i < t->robots; i++)
    if (c->of[i].near && body_stepped(t, i)) turns_in(t, i);
}

void clear_routes_changed(struct twin *t) {
  struct clears *c = clears_of(t);
  struct error e;
  if (!c) return;
  if (wide_make(t, c->wide, &e) != STATUS_OK) {
    twin_fault(t, "no memory for new routes");
    return;
  }
  // who has not set out looks for its way anew: its own may be closed
  for (int32_t i = 0; i < t->robots; i++) {
    if (!body_stepped(t, i)) continue;
    struct body_rows *k = rows_of(t, i);
    int r = t->body->row_of[i];
    if (!k->walk[r] || k->upset[r].make || (!pending(t, i) && !c->of[i].due)) continue;
    if (c->of[i].due) k->began[r] = BODY_NEVER;
    not_due(c, i);
    c->of[i].stays = true;
    c->of[i].tried = t->now - OTHER_NS;
    give(t, i);
    clear_goes_over(t, i);
  }
}
