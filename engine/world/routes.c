#include "engine/world/routes.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "engine/world/floor.h"

#define HOP_GOAL (-1)               // the next point is the goal itself
#define HOP_NONE (-2)               // the goal cannot be reached from here
#define VIA_NONE INT32_MIN          // in routes.via: the goal cannot be reached from this corner
#define NO_WAY   1e300

// A leg of the graph between corners a and b.
struct edge {
  int    a, b;
  double length, ahead, back;       // m; s from a to b and back, NO_WAY: forbidden
  int    extra;                     // row of extras, 0: none
};

// A leg between a place and a corner it sees.
struct sight {
  int    corner;
  double length, to, from;          // m; s from the place to the corner, from the corner to the place
  int    extra;
};

struct routes {
  struct floor  floor;
  double        speed;              // nominal, m/s
  bool          solved;
  double      (*place)[2];   int place_count, place_capacity;

  // the graph
  struct edge  *edge;        int edge_count, edge_capacity;
  struct sight *sight;       int sight_count, sight_capacity;
  int          *sight_first;        // (place_count + 1)
  int          *arc_first;          // (corners + 1), the arcs that lead to a corner: halves of edges
  uint16_t     *arc_from;           // (2 edge_count)  the search streams through these two
  double       *arc_time;           // (2 edge_count) s
  int          *arc_edge;           // (2 edge_count)
  double       *extra;       int extra_count, extra_capacity;    // rows of `width`: metres under each limit, s of doors
  int           width;
  bool         *free;               // (place_count) the place lies on the free floor
  uint8_t      *direct;             // (place_count x place_count) bits: the two see each other

  // answers; row = goal, column = start
  double       *length;             // m, < 0: no walk
  int16_t      *first;              // corner to walk to first, or HOP_GOAL
  int32_t      *via;                // (place_count x corners) edge by which a corner's walk to the goal goes on, or -1 - sight
  float        *left;               // (place_count x corners) s of that walk, rounded; infinite: none
  int          *pair_extra;         // row of extras
  bool          failed;             // memory
};

static bool listed(const int *list, int count, int value) {
  for (int i = 0; i < count; i++)
    if (list[i] == value) return true;
  return false;
}

bool routes_same(const struct layout *l, int fleet_a, int fleet_b) {
  const struct fleet *a = &l->fleets[fleet_a], *b = &l->fleets[fleet_b];
  if ((a->zone_count > 0) != (b->zone_count > 0)) return false;
  for (int i = 0; i < l->zone_count; i++) {
    const struct zone *z = &l->zones[i];
    if (listed(a->zones, a->zone_count, i) != listed(b->zones, b->zone_count, i)) return false;
    if (z->only_count > 0 && listed(z->only, z->only_count, fleet_a) != listed(z->only, z->only_count, fleet_b)) return false;
  }
  return true;
}

struct routes *routes_create(const struct layout *l, int fleet, double radius, const bool *closed) {
  struct routes *r = calloc(1, sizeof *r);
  if (!r) return NULL;
  struct error e;
  if (floor_init(&r->floor, l, fleet, radius, closed, &e) == STATUS_MEMORY) {
    routes_destroy(r);
    return NULL;
  }
  return r;
}

static void forget(struct routes *r) {
  free(r->sight_first);
  free(r->arc_first);
  free(r->arc_from);
  free(r->arc_time);
  free(r->arc_edge);
  free(r->free);
  free(r->direct);
  free(r->length);
  free(r->first);
  free(r->via);
  free(r->left);
  free(r->pair_extra);
  r->sight_first = r->arc_first = r->arc_edge = r->pair_extra = NULL;
  r->arc_from = NULL;
  r->arc_time = NULL;
  r->free = NULL;
  r->direct = NULL;
  r->length = NULL;
  r->first = NULL;
  r->via = NULL;
  r->left = NULL;
  r->edge_count = r->sight_count = r->extra_count = 0;
  r->failed = r->solved = false;
}

void routes_destroy(struct routes *r) {
  if (!r) return;
  forget(r);
  free(r->edge);
  free(r->sight);
  free(r->extra);
  free(r->place);
  floor_finish(&r->floor);
  free(r);
}

bool routes_free(const struct routes *r, const double p[2]) {
  return floor_free(&r->floor, p);
}

void routes_cover(const struct routes *r, const double p[2], char *out, size_t size) {
  floor_cover(&r->floor, p, out, size);
}

// Room for `more` rows; false and remembered when memory ends.
static bool reserve(struct routes *r, void **rows, int count, int more, int *capacity, size_t size) {
  if (count + more <= *capacity) return true;
  int larger = *capacity ? *capacity * 2 : 256;
  while (larger < count + more) larger *= 2;
  void *moved = realloc(*rows, size * (size_t)larger);
  if (!moved) return !(r->failed = true);
  *rows = moved;
  *capacity = larger;
  return true;
}

#define RESERVE(r, name, more) reserve((r), (void **)&(r)->name, (r)->name##_count, (more), &(r)->name##_capacity, sizeof *(r)->name)

int routes_place(struct routes *r, const double p[2]) {
  assert(r->place_count < INT32_MAX / 2);
  if (!RESERVE(r, place, 1)) return 0;                  // told by routes_solve
  r->place[r->place_count][0] = p[0];
  r->place[r->place_count][1] = p[1];
  r->solved = false;
  return r->place_count++;
}

int routes_places(const struct routes *r) {
  return r->place_count;
}

void routes_place_at(const struct routes *r, int place, double out[2]) {
  assert(place >= 0 && place < r->place_count);
  memcpy(out, r->place[place], sizeof r->place[place]);
}

// ---- the graph --------------------------------------------------------------------------------------

// A new row of extras for a leg, or 0 when it costs nothing but its length.
static struct leg_cost measure(struct routes *r, const double a[2], const double b[2], int *extra) {
  *extra = 0;
  if (r->floor.plain || !RESERVE(r, extra, r->width)) return floor_leg(&r->floor, a, b, r->speed, NULL);
  double *row = r->extra + r->extra_count;
  struct leg_cost leg = floor_leg(&r->floor, a, b, r->speed, row);
  row[r->width - 1] = leg.waits;
  for (int k = 0; k < r->width; k++) {
    if (row[k] == 0) continue;
    *extra = r->extra_count / r->width;
    r->extra_count += r->width;
    break;
  }
  return leg;
}

static void link_corners(struct routes *r) {
  const struct floor *f = &r->floor;
  bool *shut = f->shut_count > 0 ? calloc((size_t)f->corner_count + 1, sizeof *shut) : NULL;
  if (f->shut_count > 0 && !shut) {
    r->failed = true;
    return;
  }
  for (int i = 0; shut && i < f->corner_count; i++) shut[i] = floor_shut(f, f->corners[i].p);
  for (int i = 0; i < f->corner_count; i++) {
    const struct corner *a = &f->corners[i];
    for (int j = i + 1; j < f->corner_count; j++) {
      const struct corner *b = &f->corners[j];
      double d[2] = {b->p[0] - a->p[0], b->p[1] - a->p[1]};
      if (!corner_taut(a, d) || !corner_taut(b, d)) continue;
      bool open = floor_visible(f, a->p, b->p), out = !open && shut && shut[i] && floor_leaves(f, a->p, b->p), back = !open && shut && shut[j] && floor_leaves(f, b->p, a->p);
      if (!open && !out && !back) continue;
      struct edge e = {.a = i, .b = j};
      struct leg_cost leg = measure(r, a->p, b->p, &e.extra);
      leg.ahead &= open || out;     // out of a closed zone, not into it
      leg.back &= open || back;
      if ((!leg.ahead && !leg.back) || !RESERVE(r, edge, 1)) continue;
      e.length = leg.length;
      e.ahead = leg.ahead ? leg.time : NO_WAY;
      e.back = leg.back ? leg.time : NO_WAY;
      r->edge[r->edge_count++] = e;
    }
  }
  free(shut);
}

static void link_places(struct routes *r, const bool *goal) {
  const struct floor *f = &r->floor;
  for (int i = 0; i < r->place_count; i++) {
    r->sight_first[i] = r->sight_count;
    r->free[i] = floor_free(f, r->place[i]);
    bool shut = floor_shut(f, r->place[i]);             // only walks out begin there, none ends there
    if (!r->free[i] && !shut) continue;
    for (int j = 0; j < f->corner_count; j++) {
      const struct corner *c = &f->corners[j];
      double d[2] = {c->p[0] - r->place[i][0], c->p[1] - r->place[i][1]};
      if (!corner_taut(c, d) || !(shut ? floor_leaves(f, r->place[i], c->p) : floor_visible(f, r->place[i], c->p))) continue;
      struct sight s = {.corner = j};
      struct leg_cost leg = measure(r, r->place[i], c->p, &s.extra);
      if ((!leg.ahead && !leg.back) || !RESERVE(r, sight, 1)) continue;
      s.length = leg.length;
      s.to = leg.ahead ? leg.time : NO_WAY;
      s.from = leg.back && !shut ? leg.time : NO_WAY;
      r->sight[r->sight_count++] = s;
    }
    for (int j = 0; j < r->place_count && shut; j++) {
      if (j == i || (goal && !goal[j]) || !floor_free(f, r->place[j]) || !floor_leaves(f, r->place[i], r->place[j])) continue;
      size_t bit = (size_t)j * (size_t)r->place_count + (size_t)i;
      r->direct[bit >> 3] |= (uint8_t)(1 << (bit & 7));
    }
    for (int j = 0; j < i && !shut; j++) {
      if (!r->free[j] || (goal && !goal[i] && !goal[j]) || !floor_visible(f, r->place[i], r->place[j])) continue;
      size_t bit = (size_t)i * (size_t)r->place_count + (size_t)j, mirror = (size_t)j * (size_t)r->place_count + (size_t)i;
      r->direct[bit >> 3] |= (uint8_t)(1 << (bit & 7));
      r->direct[mirror >> 3] |= (uint8_t)(1 << (mirror & 7));
    }
  }
  r->sight_first[r->place_count] = r->sight_count;
}

// edges filed by the corner they lead to
static void file_arcs(struct routes *r) {
  int *first = r->arc_first;
  for (int i = 0; i < r->edge_count; i++) {
    if (r->edge[i].ahead < NO_WAY) first[r->edge[i].b]++;
    if (r->edge[i].back < NO_WAY) first[r->edge[i].a]++;
  }
  for (int c = 0; c < r->floor.corner_count; c++) first[c + 1] += first[c];
  for (int i = r->edge_count - 1; i >= 0; i--) {
    const struct edge *e = &r->edge[i];
    for (int half = 0; half < 2; half++) {
      double time = half ? e->back : e->ahead;
      if (time >= NO_WAY) continue;
      int k = --first[half ? e->a : e->b];
      r->arc_from[k] = (uint16_t)(half ? e->b : e->a);
      r->arc_time[k] = time;
      r->arc_edge[k] = i;
    }
  }
}

// ---- shortest walks -----------------------------------------------------------------------------------
// Dijkstra 1959, backwards from each goal, with buckets of equal time instead of a heap (Dial 1969):
// 0.4 s instead of 0.9 s for 1,000 places among 300 stations. Buckets are wider than the shortest legs, so a
// corner may be taken up again within its bucket; its last time is the least.

#define BUCKETS 1024                // for the longest leg

struct entry { double time; int corner, next; };

struct search {
  double       *time, *length;      // from each corner to the goal
  double       *sum;                // (corners x width) extras along that walk
  struct entry *entry;              // those whose corner got a better time are stale
  int           count, capacity;
  int          *bucket;             // first entry of each, -1: none; a ring of BUCKETS + 4
  double        width;              // s
  int           left;               // entries in buckets
};

static bool offer(struct search *s, int corner, double time) {
  if (s->count == s->capacity) {
    int larger = s->capacity * 2 + 256;
    void *more = realloc(s->entry, sizeof *s->entry * (size_t)larger);
    if (!more) return false;
    s->entry = more;
    s->capacity = larger;
  }
  int *b = &s->bucket[(int64_t)(time / s->width) % (BUCKETS + 4)];
  s->entry[s->count] = (struct entry){time, corner, *b};
  *b = s->count++;
  s->left++;
  s->time[corner] = time;
  return true;
}

// width of the buckets: no leg spans more than BUCKETS of them
static void size_buckets(const struct routes *r, struct search *s) {
  double longest = 0;
  for (int i = 0; i < r->edge_count; i++) {
    if (r->edge[i].ahead < NO_WAY && r->edge[i].ahead > longest) longest = r->edge[i].ahead;
    if (r->edge[i].back < NO_WAY && r->edge[i].back > longest) longest = r->edge[i].back;
  }
  for (int i = 0; i < r->sight_count; i++)
    if (r->sight[i].from < NO_WAY && r->sight[i].from > longest) longest = r->sight[i].from;
  s->width = longest > 0 ? longest / BUCKETS : 1;
  for (int i = 0; i < BUCKETS + 4; i++) s->bucket[i] = -1;
}

static void add_extra(const struct routes *r, double *sum, const double *base, int extra) {
  for (int k = 0; k < r->width; k++) sum[k] = (base ? base[k] : 0) + r->extra[extra * r->width + k];
}

// Where the walk from a corner goes on to.
static int next_corner(const struct routes *r, int corner, int goal) {
  int32_t via = r->via[(size_t)goal * (size_t)r->floor.corner_count + (size_t)corner];
  if (via == VIA_NONE) return HOP_NONE;
  if (via < 0) return HOP_GOAL;
  return r->edge[via].a == corner ? r->edge[via].b : r->edge[via].a;
}

static void search_goal(struct routes *r, struct search *s, int goal) {
  int n = r->floor.corner_count;
  int32_t *via = r->via + (size_t)goal * (size_t)n;
  for (int c = 0; c < n; c++) {
    s->time[c] = NO_WAY;
    via[c] = VIA_NONE;
  }
  s->count = s->left = 0;
  for (int k = r->sight_first[goal]; k < r->sight_first[goal + 1]; k++) {
    const struct sight *v = &r->sight[k];
    if (v->from >= NO_WAY || !(v->from < s->time[v->corner])) continue;
    if (!offer(s, v->corner, v->from)) r->failed = true;
    via[v->corner] = -1 - k;
  }
  for (int b = 0; s->left > 0; b = (b + 1) % (BUCKETS + 4)) {
    while (s->bucket[b] >= 0) {
      struct entry top = s->entry[s->bucket[b]];
      int c = top.corner;
      s->bucket[b] = top.next;
      s->left--;
      if (top.time > s->time[c]) continue;

      // what the walk sums up to, where that is not told by its time; when this time is the least, so was that of
      // the next corner
      if (s->sum) {
        int next = next_corner(r, c, goal), extra = next < 0 ? r->sight[-1 - via[c]].extra : r->edge[via[c]].extra;
        s->length[c] = next < 0 ? r->sight[-1 - via[c]].length : r->edge[via[c]].length + s->length[next];
        add_extra(r, s->sum + c * r->width, next < 0 ? NULL : s->sum + next * r->width, extra);
      }
      for (int k = r->arc_first[c]; k < r->arc_first[c + 1]; k++) {
        int from = r->arc_from[k];
        double time = top.time + r->arc_time[k];
        if (!(time < s->time[from])) continue;
        if (!offer(s, from, time)) r->failed = true;
        via[from] = r->arc_edge[k];
      }
    }
  }
  float *left = r->left + (size_t)goal * (size_t)n;
  for (int c = 0; c < n; c++) left[c] = s->time[c] < NO_WAY ? (float)s->time[c] : INFINITY;
}

// the best of: straight on, or by a corner in sight
static void fill_pair(struct routes *r, const struct search *s, int start, int goal, double *scratch) {
  size_t pair = (size_t)goal * (size_t)r->place_count + (size_t)start;
  double best = NO_WAY, length = -1;
  int hop = HOP_GOAL, extra = 0;
  r->length[pair] = start == goal ? 0 : -1;
  r->first[pair] = HOP_GOAL;
  if (start == goal) return;

  if (r->direct[pair >> 3] >> (pair & 7) & 1) {
    struct leg_cost leg = floor_leg(&r->floor, r->place[start], r->place[goal], r->speed, scratch);
    if (leg.ahead) {
      best = leg.time;
      length = leg.length;
      if (scratch) scratch[r->width - 1] = leg.waits;
    }
  }
  if (best >= NO_WAY || !r->floor.plain) {
    for (int k = r->sight_first[start]; k < r->sight_first[start + 1]; k++) {
      const struct sight *v = &r->sight[k];
      double time = v->to + s->time[v->corner];
      if (!(time < best)) continue;
      best = time;
      length = v->length + (s->sum ? s->length[v->corner] : s->time[v->corner] * r->speed);
      hop = v->corner;
      extra = v->extra;
    }
  }
  if (best >= NO_WAY) return;
  r->length[pair] = length;
  r->first[pair] = (int16_t)hop;
  if (!scratch) return;
  if (hop != HOP_GOAL) add_extra(r, scratch, s->sum + hop * r->width, extra);
  for (int k = 0; k < r->width; k++) {
    if (scratch[k] == 0) continue;
    if (!RESERVE(r, extra, r->width)) return;
    memcpy(r->extra + r->extra_count, scratch, sizeof *scratch * (size_t)r->width);
    r->pair_extra[pair] = r->extra_count / r->width;
    r->extra_count += r->width;
    return;
  }
}

bool routes_return(const struct routes *r) {
  for (int i = 0; i < r->floor.rule_count; i++)
    if (r->floor.rules[i].one_way) return false;
  return true;
}

enum status routes_solve(struct routes *r, double speed, struct error *e) {
  return routes_solve_to(r, speed, NULL, e);
}

enum status routes_solve_to(struct routes *r, double speed, const bool *wanted, struct error *e) {
  const struct layout *l = r->floor.layout;
  size_t n = (size_t)r->floor.corner_count, m = (size_t)r->place_count;
  if (n > FLOOR_CORNERS_MAX)
    return error_at(e, STATUS_LIMIT, l->file, 0, 0, "the floor has %zu corners to walk around, more than %d", n, FLOOR_CORNERS_MAX);
  bool failed = r->failed;
  forget(r);
  r->failed = failed;
  r->speed = speed > 0 ? speed : 1;
  r->width = r->floor.limit_count + 1;

  struct search s = {0};
  double *scratch = NULL;
  r->sight_first = calloc(m + 1, sizeof *r->sight_first);
  r->arc_first = calloc(n + 2, sizeof *r->arc_first);
  r->free = calloc(m + 1, sizeof *r->free);
  r->direct = calloc(m * m / 8 + 1, 1);
  r->length = malloc(sizeof *r->length * (m * m + 1));
  r->first = malloc(sizeof *r->first * (m * m + 1));
  r->via = malloc(sizeof *r->via * (m * n + 1));
  r->left = malloc(sizeof *r->left * (m * n + 1));
  s.time = malloc(sizeof *s.time * (n + 1));
  s.length = malloc(sizeof *s.length * (n + 1));
  s.bucket = malloc(sizeof *s.bucket * (BUCKETS + 4));
  if (!s.bucket) r->failed = true;
  if (!r->sight_first || !r->arc_first || !r->free || !r->direct || !r->length || !r->first || !r->via || !r->left || !s.time || !s.length) r->failed = true;
  if (!r->floor.plain) {
    r->pair_extra = calloc(m * m + 1, sizeof *r->pair_extra);
    s.sum = malloc(sizeof *s.sum * (n + 1) * (size_t)r->width);
    scratch = malloc(sizeof *scratch * (size_t)r->width);
    if (!r->pair_extra || !s.sum || !scratch) r->failed = true;
    if (RESERVE(r, extra, r->width)) {                  // row 0: nothing
      memset(r->extra, 0, sizeof *r->extra * (size_t)r->width);
      r->extra_count = r->width;
    }
  }

  if (!r->failed) {
    link_corners(r);
    link_places(r, wanted);
    size_t arcs = 2 * (size_t)r->edge_count + 1;
    r->arc_from = malloc(sizeof *r->arc_from * arcs);
    r->arc_time = malloc(sizeof *r->arc_time * arcs);
    r->arc_edge = malloc(sizeof *r->arc_edge * arcs);
    if (!r->arc_from || !r->arc_time || !r->arc_edge) r->failed = true;
  }
  if (!r->failed) {
    file_arcs(r);
    size_buckets(r, &s);
    for (int goal = 0; goal < r->place_count; goal++) {
      if (wanted && !wanted[goal]) {
        for (int start = 0; start < r->place_count; start++) r->length[(size_t)goal * m + (size_t)start] = start == goal ? 0 : -1;
        continue;
      }
      search_goal(r, &s, goal);
      for (int start = 0; start < r->place_count; start++) fill_pair(r, &s, start, goal, scratch);
    }
  }
  free(s.time);
  free(s.length);
  free(s.sum);
  free(s.entry);
  free(s.bucket);
  free(scratch);
  if (r->failed) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "the walks between %d places do not fit into memory", r->place_count);
  r->solved = true;
  return STATUS_OK;
}

// ---- questions --------------------------------------------------------------------------------------

static size_t pair_of(const struct routes *r, int from, int to) {
  assert(r->solved);
  assert(from >= 0 && from < r->place_count);
  assert(to >= 0 && to < r->place_count);
  return (size_t)to * (size_t)r->place_count + (size_t)from;
}

double routes_length(const struct routes *r, int from, int to) {
  return r->length[pair_of(r, from, to)];
}

double routes_time(const struct routes *r, int from, int to, double speed) {
  size_t pair = pair_of(r, from, to);
  if (r->length[pair] < 0) return -1;
  if (!(speed > 0)) return 0;
  double time = r->length[pair] / speed;
  if (!r->pair_extra || !r->pair_extra[pair]) return time;
  const double *extra = r->extra + r->pair_extra[pair] * r->width;
  for (int k = 0; k < r->floor.limit_count; k++)
    if (r->floor.limits[k] < speed) time += extra[k] / r->floor.limits[k] - extra[k] / speed;
  return time + extra[r->width - 1];
}

void routes_times(const struct routes *r, int n, const int32_t *from, int to, double speed, double *seconds) {
  assert(r->solved);
  assert(to >= 0 && to < r->place_count);
  const double *row = r->length + (size_t)to * (size_t)r->place_count;
  bool plain = !r->pair_extra && speed > 0;
  for (int k = 0; k < n; k++) {
    assert(from[k] >= 0 && from[k] < r->place_count);
    seconds[k] = plain ? row[from[k]] / speed : routes_time(r, from[k], to, speed);
  }
}

double routes_longer(const struct routes *r, const double p[2], int from, int to) {
  size_t pair = pair_of(r, from, to);
  if (r->length[pair] < 0 || from == to) return 0;
  const double *first = r->first[pair] >= 0 ? r->floor.corners[r->first[pair]].p : r->place[to];
  return geo_distance(p, first) - geo_distance(r->place[from], first);
}

// Append; a walk of too many corners keeps its last point.
static void route_add(struct route *out, const double p[2]) {
  int i = out->count < ROUTE_POINTS_MAX ? out->count++ : ROUTE_POINTS_MAX - 1;
  out->point[i][0] = p[0];
  out->point[i][1] = p[1];
}

static void follow(const struct routes *r, int corner, int goal, struct route *out) {
  while (corner >= 0) {
    route_add(out, r->floor.corners[corner].p);
    corner = next_corner(r, corner, goal);
  }
  route_add(out, r->place[goal]);
}

void routes_walk(const struct routes *r, int from, int to, struct route *out) {
  size_t pair = pair_of(r, from, to);
  out->count = 0;
  if (r->length[pair] < 0) return;
  route_add(out, r->place[from]);
  if (from != to) follow(r, r->first[pair], to, out);
}

// Seconds at the nominal speed and metres of the stored walk from a corner to the goal; < 0: none.
static double corner_time(const struct routes *r, int corner, int goal, double *length) {
  double time = 0;
  *length = 0;
  for (int next; corner >= 0; corner = next) {
    int32_t via = r->via[(size_t)goal * (size_t)r->floor.corner_count + (size_t)corner];
    next = next_corner(r, corner, goal);
    if (next == HOP_NONE) return -1;
    *length += via < 0 ? r->sight[-1 - via].length : r->edge[via].length;
    time += via < 0 ? r->sight[-1 - via].from : corner == r->edge[via].a ? r->edge[via].ahead : r->edge[via].back;
  }
  return time;
}

// the point `done` metres along a walk
static void point_along(const struct routes *r, int from, int to, double done, double p[2]) {
  const double *a = r->place[from];
  for (int corner = r->first[pair_of(r, from, to)];; corner = next_corner(r, corner, to)) {
    const double *b = corner >= 0 ? r->floor.corners[corner].p : r->place[to];
    double l = geo_distance(a, b);
    if (done < l || corner < 0) {
      double t = l > 0 && done > 0 ? done < l ? done / l : 1 : 0;
      for (int k = 0; k < 2; k++) p[k] = a[k] + t * (b[k] - a[k]);
      return;
    }
    done -= l;
    a = b;
  }
}

// what is best so far of the ways from a point to the goal
struct turn { double time, length; int corner; };

static void try_corner(const struct routes *r, const double p[2], int corner, int goal, struct turn *best) {
  const struct corner *c = &r->floor.corners[corner];
  double d[2] = {c->p[0] - p[0], c->p[1] - p[1]}, rest;
  if (!corner_taut(c, d) || !floor_passes(&r->floor, p, c->p)) return;
  struct leg_cost leg = floor_leg(&r->floor, p, c->p, r->speed, NULL);
  double time = corner_time(r, corner, goal, &rest);
  if (!leg.ahead || time < 0 || leg.time + time >= best->time) return;
  *best = (struct turn){leg.time + time, leg.length + rest, corner};
}

// The quickest walk from p. guess: corners that are likely the first of it.
static double walk_from(const struct routes *r, const double p[2], int goal, const int *guess, int guesses, struct route *out) {
  assert(r->solved);
  assert(goal >= 0 && goal < r->place_count);
  if (out) out->count = 0;
  const struct floor *f = &r->floor;
  struct turn best = {NO_WAY, -1, HOP_NONE};

  // straight on; then by the first corner that the walk from either end would take: a good bound
  if (floor_passes(f, p, r->place[goal])) {
    struct leg_cost leg = floor_leg(f, p, r->place[goal], r->speed, NULL);
    if (leg.ahead) best = (struct turn){leg.time, leg.length, HOP_GOAL};
  }
  if (best.corner == HOP_NONE || !f->plain) {
    for (int k = 0; k < guesses; k++)
      if (guess[k] >= 0) try_corner(r, p, guess[k], goal, &best);

    // any other corner that could be quicker; `left` is rounded, hence the margin
    const float *left = r->left + (size_t)goal * (size_t)f->corner_count;
    for (int c = 0; c < f->corner_count; c++)
      if (geo_distance(p, f->corners[c].p) / r->speed + (double)left[c] * (1 - 1e-6) < best.time) try_corner(r, p, c, goal, &best);
  }
  if (best.corner == HOP_NONE || !out) return best.length;
  route_add(out, p);
  follow(r, best.corner, goal, out);
  return best.length;
}

double routes_turn(const struct routes *r, int from, int to, double done, int goal, struct route *out) {
  if (out) out->count = 0;
  if (routes_length(r, from, to) < 0) return -1;
  double p[2];
  point_along(r, from, to, done, p);
  const int ends[2] = {r->first[pair_of(r, from, goal)], r->first[pair_of(r, to, goal)]};
  return walk_from(r, p, goal, ends, 2, out);
}

double routes_from(const struct routes *r, const double p[2], int near, int goal, struct route *out) {
  const int guess = near < 0 || near == goal ? HOP_NONE : r->first[pair_of(r, near, goal)];
  return walk_from(r, p, goal, &guess, 1, out);
}

const struct floor *routes_floor(const struct routes *r) { return &r->floor; }
