#include "engine/world/floor.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "engine/world/stand.h"

#define RIM_STEP   0.5              // m    between points along the rim of a slow or one-way zone where walks may bend
#define RIM_POINTS 96               //      at most, for one zone

// ---- growing arrays: a failure is remembered and reported once -------------------------------------

static void *grow(struct floor *f, void *rows, int count, int *capacity, size_t size) {
  if (count < *capacity) return rows;
  int larger = *capacity ? *capacity * 2 : 64;
  void *more = realloc(rows, size * (size_t)larger);
  if (!more) {
    f->failed = true;
    return rows;
  }
  *capacity = larger;
  return more;
}

#define PUSH(f, name, value)                                                                            \
  do {                                                                                                  \
    (f)->name##s = grow((f), (f)->name##s, (f)->name##_count, &(f)->name##_capacity, sizeof *(f)->name##s); \
    if ((f)->name##_count < (f)->name##_capacity) (f)->name##s[(f)->name##_count++] = (value);          \
  } while (0)

// ---- pieces -----------------------------------------------------------------------------------------

static void piece_begin(struct floor *f, struct piece *p, enum thing thing, int row) {
  *p = (struct piece){.first = f->plane_count, .thing = thing, .row = row, .box = {1e30, 1e30, -1e30, -1e30}};
}

// n . (x - v) < r - epsilon
static void piece_plane(struct floor *f, struct piece *p, const double n[2], const double v[2], double r) {
  PUSH(f, plane, ((struct halfplane){{n[0], n[1]}, n[0] * v[0] + n[1] * v[1] + r - GEO_EPSILON}));
  p->count++;
}

static void piece_point(struct piece *p, double x, double y) {
  if (x < p->box[0]) p->box[0] = x;
  if (y < p->box[1]) p->box[1] = y;
  if (x > p->box[2]) p->box[2] = x;
  if (y > p->box[3]) p->box[3] = y;
}

static void piece_end(struct floor *f, struct piece *p) {
  PUSH(f, piece, *p);
}

static bool unit(const double a[2], const double b[2], double out[2]) {
  double l = geo_distance(a, b);
  if (l < 1e-9) return false;
  out[0] = (b[0] - a[0]) / l;
  out[1] = (b[1] - a[1]) / l;
  return true;
}

// the corners of a grown rim at vertex v between the edges with outward normals n0 and n1; with a
// piece given, the lines between n0 and n1 go to it
static void add_corner(struct floor *f, const double v[2], const double n0[2], const double n1[2], struct piece *p) {
  if (n0[0] * n1[1] - n0[1] * n1[0] < 1e-7) return;     // straight on or a hollow: no walk bends here
  double normal[CORNER_NORMALS_MAX][2];
  int n = corner_normals(n0, n1, normal);
  for (int k = 0; k + 1 < n; k++) {
    struct corner c;
    corner_point(v, normal[k], normal[k + 1], f->radius, c.p);
    c.back[0] = normal[k][1];
    c.back[1] = -normal[k][0];
    c.ahead[0] = -normal[k + 1][1];
    c.ahead[1] = normal[k + 1][0];
    PUSH(f, corner, c);
    if (p) piece_point(p, c.p[0], c.p[1]);
    if (p && k > 0) piece_plane(f, p, normal[k], v, f->radius);
  }
}

// Normals of the edges i - 1 -> i and i -> i + 1 of a counter-clockwise polygon; doubled points are passed over.
static bool vertex_normals(const struct polygon *g, int i, double n0[2], double n1[2]) {
  double e[2];
  int n = g->count, j = i, k = i;
  do j = (j + n - 1) % n; while (j != i && geo_distance(g->point[j], g->point[i]) < 1e-9);
  do k = (k + 1) % n; while (k != i && geo_distance(g->point[k], g->point[i]) < 1e-9);
  if (!unit(g->point[j], g->point[i], e)) return false;
  n0[0] = e[1];
  n0[1] = -e[0];
  if (!unit(g->point[i], g->point[k], e)) return false;
  n1[0] = e[1];
  n1[1] = -e[0];
  return true;
}

static void add_convex(struct floor *f, const struct polygon *g, enum thing thing, int row) {
  struct piece p;
  piece_begin(f, &p, thing, row);
  for (int i = 0; i < g->count; i++) {
    double n0[2], n1[2];
    if (!vertex_normals(g, i, n0, n1)) continue;
    piece_plane(f, &p, n1, g->point[i], f->radius);
    double r = f->radius;                               // covers straight vertices, where no corner is made
    piece_point(&p, g->point[i][0] + r * n1[0], g->point[i][1] + r * n1[1]);
    add_corner(f, g->point[i], n0, n1, &p);
  }
  if (p.count > 2) piece_end(f, &p);
}

// A hollow polygon: a strip along each edge and a wedge at each outward corner. They meet exactly
// along the grown rim; legs that enter must cross one of them. Its inside is told by polygon_contains.
static void add_hollow(struct floor *f, const struct polygon *g, enum thing thing, int row) {
  double r = f->radius, over = 10 * GEO_EPSILON;
  for (int i = 0; i < g->count; i++) {
    double n0[2], n1[2], *a = g->point[i], *b = g->point[(i + 1) % g->count];
    if (!vertex_normals(g, i, n0, n1)) continue;
    struct piece p;
    double inward[2] = {-n1[0], -n1[1]}, ahead[2] = {-n1[1], n1[0]}, back[2] = {n1[1], -n1[0]};
    if (geo_distance(a, b) >= 1e-9) {
      piece_begin(f, &p, thing, row);
      piece_plane(f, &p, n1, a, r);
      piece_plane(f, &p, inward, a, over);
      piece_plane(f, &p, ahead, b, over);
      piece_plane(f, &p, back, a, over);
      for (int k = 0; k < 2; k++) {
        const double *v = k ? b : a, *e = k ? ahead : back;
        piece_point(&p, v[0] + over * (e[0] - n1[0]), v[1] + over * (e[1] - n1[1]));
        piece_point(&p, v[0] + over * e[0] + r * n1[0], v[1] + over * e[1] + r * n1[1]);
      }
      piece_end(f, &p);
    }
    if (n0[0] * n1[1] - n0[1] * n1[0] < 1e-7) continue;
    double before[2] = {n0[1], -n0[0]}, after[2] = {-n1[1], n1[0]};     // the wedge ends where the strips begin
    piece_begin(f, &p, thing, row);
    piece_plane(f, &p, n0, a, r);
    piece_plane(f, &p, n1, a, r);
    piece_plane(f, &p, before, a, over);
    piece_plane(f, &p, after, a, over);
    piece_point(&p, a[0], a[1]);
    piece_point(&p, a[0] + r * n0[0], a[1] + r * n0[1]);
    piece_point(&p, a[0] + r * n1[0], a[1] + r * n1[1]);
    add_corner(f, a, n0, n1, &p);
    piece_end(f, &p);
  }
}

static void add_polygon(struct floor *f, const struct polygon *g, enum thing thing, int row) {
  if (g->count < 3) return;
  struct polygon own = *g;
  double (*turned)[2] = NULL;
  if (polygon_area(g) < 0) {
    turned = malloc(sizeof *turned * (size_t)g->count);
    if (!turned) {
      f->failed = true;
      return;
    }
    for (int i = 0; i < g->count; i++) memcpy(turned[i], g->point[g->count - 1 - i], sizeof *turned);
    own.point = turned;
  }
  if (polygon_convex(&own)) add_convex(f, &own, thing, row);
  else add_hollow(f, &own, thing, row);
  free(turned);
}

// A straight bar from a to b of half width h, longer by `before` and `after` at its ends.
static void add_bar(struct floor *f, const double a[2], const double b[2], double h, double before, double after, enum thing thing, int row) {
  double e[2];
  if (!unit(a, b, e)) return;
  double x0 = a[0] - before * e[0], y0 = a[1] - before * e[1], x1 = b[0] + after * e[0], y1 = b[1] + after * e[1];
  double point[4][2] = {{x0 + h * e[1], y0 - h * e[0]}, {x1 + h * e[1], y1 - h * e[0]},
                        {x1 - h * e[1], y1 + h * e[0]}, {x0 - h * e[1], y0 + h * e[0]}};
  add_convex(f, &(struct polygon){4, point}, thing, row);
}

// How far a bar must go on past a joint so that the outer corner is closed: h tan(turn / 2), at most h.
static double joint(const double a[2], const double b[2], const double c[2], double h) {
  double e[2], g[2];
  if (!unit(a, b, e)) return 0;
  if (!unit(b, c, g)) return 0;
  double s = e[0] * g[1] - e[1] * g[0], d = 1 + e[0] * g[0] + e[1] * g[1];
  s = s < 0 ? -s : s;
  return s >= d ? h : h * s / d;
}

static void add_line(struct floor *f, int count, double (*point)[2], double width, enum thing thing, int row) {
  double h = width / 2;
  for (int i = 0; i + 1 < count; i++) {
    double before = i > 0 ? joint(point[i - 1], point[i], point[i + 1], h) : 0;
    double after = i + 2 < count ? joint(point[i], point[i + 1], point[i + 2], h) : 0;
    add_bar(f, point[i], point[i + 1], h, before, after, thing, row);
  }
}

// One wall, less the gaps of the doors on it.
static void add_wall(struct floor *f, const struct layout *l, int row) {
  const struct polygon *g = &l->walls[row].line;
  double h = FLOOR_WALL_THICK / 2;
  for (int i = 0; i + 1 < g->count; i++) {
    const double *a = g->point[i], *b = g->point[i + 1];
    double e[2], length = geo_distance(a, b), at = 0;
    if (!unit(a, b, e)) continue;
    double before = i > 0 ? joint(g->point[i - 1], a, b, h) : 0;
    double after = i + 2 < g->count ? joint(a, b, g->point[i + 2], h) : 0;

    // doors in order along the wall
    while (at < length) {
      double from = length, to = length;
      int door = NONE;
      for (int d = 0; d < l->door_count; d++) {
        const struct door *o = &l->doors[d];
        if (geo_segment_distance(o->at, a, b) > FLOOR_WALL_THICK) continue;
        double s = (o->at[0] - a[0]) * e[0] + (o->at[1] - a[1]) * e[1];
        if (s + o->width / 2 <= at || s - o->width / 2 >= from) continue;
        from = s - o->width / 2;
        to = s + o->width / 2;
        door = d;
      }
      if (from > at) {
        double p[2] = {a[0] + at * e[0], a[1] + at * e[1]}, q[2] = {a[0] + from * e[0], a[1] + from * e[1]};
        add_bar(f, p, q, h, at == 0 ? before : 0, from == length ? after : 0, THING_WALL, row);
      }
      if (door != NONE) {
        double low = from > at ? from : at, high = to < length ? to : length;
        struct gate gate = {{a[0] + low * e[0], a[1] + low * e[1]}, {a[0] + high * e[0], a[1] + high * e[1]}, door};
        PUSH(f, gate, gate);
      }
      at = to;
    }
  }
}

static void add_station(struct floor *f, const struct layout *l, int row) {
  const struct station *s = &l->stations[row];
  if (!s->placed || s->kind == STATION_DOCK) return;    // a dock is a mark on the floor
  if (s->kind == STATION_CONVEYOR && s->path_count >= 2) {
    add_line(f, s->path_count, s->path, conveyor_width(s), THING_STATION, row);
    return;
  }
  double c, n, w = s->size[0] / 2, d = s->size[1] / 2, point[4][2];
  if (!(w > 0 && d > 0)) return;
  m_sincos(s->facing, &n, &c);
  for (int k = 0; k < 4; k++) {
    double x = k == 1 || k == 2 ? w : -w, y = k >= 2 ? d : -d;
    point[k][0] = s->at[0] + c * x - n * y;
    point[k][1] = s->at[1] + n * x + c * y;
  }
  add_convex(f, &(struct polygon){4, point}, THING_STATION, row);
}

// ---- zones ------------------------------------------------------------------------------------------

static bool listed(const int *list, int count, int value) {
  for (int i = 0; i < count; i++)
    if (list[i] == value) return true;
  return false;
}

// Corners of a zone's area and, with a step, points between them along its rim: there a walk may bend to
// be quicker, or leave. They lie `out` outside, so that legs along the rim are outside too.
static void add_zone_corners(struct floor *f, const struct polygon *g, double out, double step) {
  double turn = polygon_area(g) < 0 ? -1 : 1, rim = 0;
  for (int i = 0; i < g->count; i++) rim += geo_distance(g->point[i], g->point[(i + 1) % g->count]);
  if (step > 0 && rim / step > RIM_POINTS) step = rim / RIM_POINTS;
  for (int i = 0; i < g->count; i++) {
    double n0[2], n1[2], *a = g->point[i], *b = g->point[(i + 1) % g->count], length = geo_distance(a, b);
    if (!vertex_normals(g, i, n0, n1)) continue;
    struct corner c = {.p = {a[0] + turn * out * (n0[0] + n1[0]), a[1] + turn * out * (n0[1] + n1[1])}};
    PUSH(f, corner, c);
    int n = step > 0 ? (int)(length / step) + 1 : 1;
    for (int k = 1; k < n; k++) {
      double t = (double)k / n;
      struct corner between = {.p = {a[0] + t * (b[0] - a[0]) + turn * out * n1[0], a[1] + t * (b[1] - a[1]) + turn * out * n1[1]}};
      PUSH(f, corner, between);
    }
  }
}

static void add_zone(struct floor *f, const struct layout *l, int row, int fleet, const bool *closed) {
  const struct zone *z = &l->zones[row];
  const struct fleet *own = fleet >= 0 && fleet < l->fleet_count ? &l->fleets[fleet] : NULL;
  if (z->area.count < 3) return;
  bool never = z->kind == ZONE_NO_GO || (z->only_count > 0 && own && !listed(z->only, z->only_count, fleet));
  if (never || (closed && closed[row])) {
    add_polygon(f, &z->area, THING_ZONE, row);
    PUSH(f, area, row);
    if (!never) PUSH(f, shut, row);
    return;
  }
  struct zone_rule rule = {.zone = z};
  rule.slow = z->kind == ZONE_SLOW;
  rule.one_way = z->kind == ZONE_ONE_WAY;
  rule.permits = own && own->zone_count > 0 && listed(own->zones, own->zone_count, row);
  if (rule.one_way) m_sincos(z->towards, &rule.towards[1], &rule.towards[0]);
  if (!rule.slow && !rule.one_way && !rule.permits) return;
  geo_box((const double (*)[2])z->area.point, z->area.count, rule.box);
  PUSH(f, rule, rule);
  if (rule.slow || rule.one_way) add_zone_corners(f, &z->area, 2 * GEO_EPSILON, RIM_STEP);
  if (rule.permits) add_zone_corners(f, &z->area, 0, 0);
}

// Distinct speeds of the slow zones, rising, and where the rims of permitted zones cross: portals.
static void finish_rules(struct floor *f) {
  f->limits = calloc((size_t)f->rule_count + 1, sizeof *f->limits);
  if (!f->limits) {
    f->failed = true;
    return;
  }
  for (int i = 0; i < f->rule_count; i++) {
    double v = f->rules[i].zone->speed;
    if (!f->rules[i].slow) continue;
    int k = 0;
    while (k < f->limit_count && f->limits[k] < v) k++;
    if (k < f->limit_count && f->limits[k] == v) continue;
    memmove(f->limits + k + 1, f->limits + k, sizeof *f->limits * (size_t)(f->limit_count - k));
    f->limits[k] = v;
    f->limit_count++;
  }
  for (int i = 0; i < f->rule_count; i++)
    for (int k = 0; k < f->limit_count; k++)
      if (f->rules[i].slow && f->limits[k] == f->rules[i].zone->speed) f->rules[i].limit = k;

  for (int i = 0; i < f->rule_count; i++) {
    for (int j = 0; j < i; j++) {
      if (!f->rules[i].permits || !f->rules[j].permits) continue;
      const struct polygon *g = &f->rules[i].zone->area, *h = &f->rules[j].zone->area;
      for (int m = 0; m < g->count; m++) {
        for (int n = 0; n < h->count; n++) {
          const double *a = g->point[m], *b = g->point[(m + 1) % g->count];
          double t = geo_crossing(a, b, h->point[n], h->point[(n + 1) % h->count]);
          if (t < 0) continue;
          struct corner c = {.p = {a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])}};
          PUSH(f, corner, c);
        }
      }
    }
  }
}

// ---- grid -------------------------------------------------------------------------------------------

// cut to the hall, so that what lies outside is in the cells of its rim
static int cell_of(double x, double cell, int n) {
  double k = x / cell;
  return k < 0 ? 0 : k >= n ? n - 1 : (int)k;
}

static void make_grid(struct floor *f) {
  double area = f->size[0] * f->size[1];
  f->cell = m_sqrt(area / (2 * f->piece_count + 16));
  if (f->cell < 0.25) f->cell = 0.25;
  f->nx = (int)(f->size[0] / f->cell) + 1;
  f->ny = (int)(f->size[1] / f->cell) + 1;
  int cells = f->nx * f->ny;
  f->cell_first = calloc((size_t)cells + 1, sizeof *f->cell_first);
  if (!f->cell_first) {
    f->failed = true;
    return;
  }

  // count, sum, fill
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < f->piece_count; i++) {
      const struct piece *p = &f->pieces[i];
      int x0 = cell_of(p->box[0], f->cell, f->nx), x1 = cell_of(p->box[2], f->cell, f->nx);
      int y0 = cell_of(p->box[1], f->cell, f->ny), y1 = cell_of(p->box[3], f->cell, f->ny);
      for (int y = y0; y <= y1; y++) {
        for (int x = x0; x <= x1; x++) {
          int c = y * f->nx + x;
          if (pass) f->cell_piece[--f->cell_first[c]] = i;
          else f->cell_first[c]++;
        }
      }
    }
    if (pass) break;
    for (int c = 0; c < cells; c++) f->cell_first[c + 1] += f->cell_first[c];
    f->cell_piece = malloc(sizeof *f->cell_piece * ((size_t)f->cell_first[cells] + 1));
    if (!f->cell_piece) {
      f->failed = true;
      return;
    }
  }
}

// ---- making -----------------------------------------------------------------------------------------

enum status floor_init(struct floor *f, const struct layout *l, int fleet, double radius, const bool *closed, struct error *e) {
  assert(radius > 0);
  *f = (struct floor){.layout = l, .radius = radius, .size = {l->size[0], l->size[1]}};
  for (int i = 0; i < l->wall_count; i++) add_wall(f, l, i);
  for (int i = 0; i < l->obstacle_count; i++) add_polygon(f, &l->obstacles[i].area, THING_OBSTACLE, i);
  for (int i = 0; i < l->station_count; i++) add_station(f, l, i);
  for (int i = 0; i < l->zone_count; i++) add_zone(f, l, i, fleet, closed);
  f->permits = fleet >= 0 && fleet < l->fleet_count && l->fleets[fleet].zone_count > 0;
  finish_rules(f);
  make_grid(f);
  f->plain = f->rule_count == 0 && f->gate_count == 0;
  if (f->failed) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "the walks of this floor do not fit into memory");

  // corners that nobody can reach, and those just outside the hall
  int kept = 0;
  for (int i = 0; i < f->corner_count; i++)
    if (floor_free(f, f->corners[i].p)) f->corners[kept++] = f->corners[i];
  f->corner_count = kept;
  if (kept > FLOOR_CORNERS_MAX)
    return error_at(e, STATUS_LIMIT, l->file, 0, 0, "the floor has %d corners to walk around, more than %d", kept, FLOOR_CORNERS_MAX);
  return STATUS_OK;
}

void floor_finish(struct floor *f) {
  free(f->planes);
  free(f->pieces);
  free(f->corners);
  free(f->gates);
  free(f->rules);
  free(f->limits);
  free(f->areas);
  free(f->shuts);
  free(f->cell_first);
  free(f->cell_piece);
  *f = (struct floor){0};
}

// ---- questions --------------------------------------------------------------------------------------

static bool in_hall(const struct floor *f, const double p[2]) {
  double r = f->radius - GEO_EPSILON;
  return p[0] >= r && p[1] >= r && p[0] <= f->size[0] - r && p[1] <= f->size[1] - r;
}

static bool permitted(const struct floor *f, const double p[2]) {
  if (!f->permits) return true;
  for (int i = 0; i < f->rule_count; i++) {
    const struct polygon *g = &f->rules[i].zone->area;
    if (f->rules[i].permits && (polygon_contains(g, p) || polygon_near(g, p, GEO_EPSILON))) return true;
  }
  return false;
}

static const struct piece *piece_at(const struct floor *f, const double p[2]) {
  int c = cell_of(p[1], f->cell, f->ny) * f->nx + cell_of(p[0], f->cell, f->nx);
  for (int k = f->cell_first[c]; k < f->cell_first[c + 1]; k++) {
    const struct piece *q = &f->pieces[f->cell_piece[k]];
    if (convex_contains(f->planes + q->first, q->count, p)) return q;
  }
  return NULL;
}

// obstacle or zone whose inside holds p, for hollow ones that have no piece there
static bool inside_area(const struct floor *f, const double p[2], enum thing *thing, int *row) {
  const struct layout *l = f->layout;
  for (int i = 0; i < l->obstacle_count; i++) {
    if (!polygon_contains(&l->obstacles[i].area, p)) continue;
    *thing = THING_OBSTACLE;
    *row = i;
    return true;
  }
  for (int i = 0; i < f->area_count; i++) {
    if (!polygon_contains(&l->zones[f->areas[i]].area, p)) continue;
    *thing = THING_ZONE;
    *row = f->areas[i];
    return true;
  }
  return false;
}

bool floor_free(const struct floor *f, const double p[2]) {
  enum thing thing;
  int row;
  return in_hall(f, p) && !piece_at(f, p) && permitted(f, p) && !inside_area(f, p, &thing, &row);
}

bool floor_open(const struct floor *f, const double p[2]) {
  const struct layout *l = f->layout;
  int c = cell_of(p[1], f->cell, f->ny) * f->nx + cell_of(p[0], f->cell, f->nx);
  if (!in_hall(f, p)) return false;
  for (int k = f->cell_first[c]; k < f->cell_first[c + 1]; k++) {
    const struct piece *q = &f->pieces[f->cell_piece[k]];
    if (q->thing != THING_ZONE && convex_contains(f->planes + q->first, q->count, p)) return false;
  }
  for (int i = 0; i < l->obstacle_count; i++)
    if (polygon_contains(&l->obstacles[i].area, p)) return false;
  return true;
}

void floor_cover(const struct floor *f, const double p[2], char *out, size_t size) {
  const struct layout *l = f->layout;
  const struct piece *q = piece_at(f, p);
  enum thing thing = q ? q->thing : THING_WALL;
  int row = q ? q->row : NONE;
  out[0] = 0;
  if (p[0] < 0 || p[1] < 0 || p[0] > f->size[0] || p[1] > f->size[1]) snprintf(out, size, "outside the hall");
  else if (!q && !inside_area(f, p, &thing, &row)) {
    if (!in_hall(f, p)) snprintf(out, size, "closer than %.2f m to the rim of the hall", f->radius);
    else if (!permitted(f, p)) snprintf(out, size, "outside the zones its robots may be in");
  }
  else if (thing == THING_WALL) snprintf(out, size, "closer than %.2f m to the wall of line %u", f->radius, (unsigned)l->walls[row].mark.line);
  else {
    const char *name = thing == THING_STATION ? l->stations[row].name : thing == THING_OBSTACLE ? l->obstacles[row].name : l->zones[row].name;
    snprintf(out, size, "inside %s, or closer than %.2f m to it", name, f->radius);
  }
}

static bool listed_zone(const struct piece *p, const int *zone, int zones) { return p->thing == THING_ZONE && listed(zone, zones, p->row); }

// Pieces of the zones named are not looked at.
static inline bool sees(const struct floor *f, const double a[2], const double b[2], const int *zone, int zones) {
  double slack = 1e-9;
  int y0 = cell_of(a[1], f->cell, f->ny), y1 = cell_of(b[1], f->cell, f->ny), step = y0 <= y1 ? 1 : -1;
  double dx = b[0] - a[0], dy = b[1] - a[1];
  for (int y = y0;; y += step) {
    // part of the leg in this row of cells
    double xa = a[0], xb = b[0];
    if (y0 != y1) {
      double ta = (y * f->cell - a[1]) / dy, tb = ((y + 1) * f->cell - a[1]) / dy;
      if (step < 0) {
        double t = ta;
        ta = tb;
        tb = t;
      }
      if (y != y0) xa = a[0] + (ta - slack) * dx;
      if (y != y1) xb = a[0] + (tb + slack) * dx;
    }
    int x0 = cell_of((xa < xb ? xa : xb) - slack, f->cell, f->nx), x1 = cell_of((xa < xb ? xb : xa) + slack, f->cell, f->nx);
    for (int x = x0; x <= x1; x++) {
      int c = y * f->nx + x;
      for (int k = f->cell_first[c]; k < f->cell_first[c + 1]; k++) {
        const struct piece *p = &f->pieces[f->cell_piece[k]];
        if (geo_box_meets(p->box, a, b) && convex_meets(f->planes + p->first, p->count, a, b) && (zones == 0 || !listed_zone(p, zone, zones))) return false;
      }
    }
    if (y == y1) return true;
  }
}

bool floor_visible(const struct floor *f, const double a[2], const double b[2]) { return sees(f, a, b, NULL, 0); }

#define SHUTS_MAX 16                // closed zones that overlap at one point

// The closed zones that hold p; 0: none, or something else does not let one be there.
static int shut_by(const struct floor *f, const double p[2], int zone[SHUTS_MAX]) {
  int n = 0;
  if (f->shut_count == 0 || !in_hall(f, p) || !permitted(f, p)) return 0;
  int c = cell_of(p[1], f->cell, f->ny) * f->nx + cell_of(p[0], f->cell, f->nx);
  for (int k = f->cell_first[c]; k < f->cell_first[c + 1]; k++) {
    const struct piece *q = &f->pieces[f->cell_piece[k]];
    if (!convex_contains(f->planes + q->first, q->count, p) || listed_zone(q, zone, n)) continue;
    if (n == SHUTS_MAX || !listed_zone(q, f->shuts, f->shut_count)) return 0;
    zone[n++] = q->row;
  }
  for (int i = 0; i < f->layout->obstacle_count; i++)
    if (polygon_contains(&f->layout->obstacles[i].area, p)) return 0;
  for (int i = 0; i < f->area_count; i++) {
    int row = f->areas[i];
    if (!polygon_contains(&f->layout->zones[row].area, p) || listed(zone, n, row)) continue;
    if (n == SHUTS_MAX || !listed(f->shuts, f->shut_count, row)) return 0;
    zone[n++] = row;
  }
  return n;
}

bool floor_shut(const struct floor *f, const double p[2]) {
  int zone[SHUTS_MAX];
  return shut_by(f, p, zone) > 0;
}

bool floor_leaves(const struct floor *f, const double a[2], const double b[2]) {
  int zone[SHUTS_MAX], n = shut_by(f, a, zone);
  return n > 0 && sees(f, a, b, zone, n);
}

bool floor_passes(const struct floor *f, const double a[2], const double b[2]) { return floor_visible(f, a, b) || floor_leaves(f, a, b); }

static bool seen_before(const int *seen, int n, int piece) {
  for (int k = 0; k < n; k++)
    if (seen[k] == piece) return true;
  return false;
}

#define NEAR_MAX 32                 // pieces looked at around one point

int floor_near(const struct floor *f, const double p[2], const double ahead[2], double reach, struct floor_face *out, int max) {
  int n = 0, seen[NEAR_MAX], seens = 0, zone[SHUTS_MAX], zones = shut_by(f, p, zone);
  const double rim[4] = {p[0] - f->radius, p[1] - f->radius, f->size[0] - f->radius - p[0], f->size[1] - f->radius - p[1]};
  for (int k = 0; k < 4 && n < max; k++)
    if (rim[k] < reach) out[n++] = (struct floor_face){{k == 0 ? 1 : k == 2 ? -1 : 0, k == 1 ? 1 : k == 3 ? -1 : 0}, rim[k]};
  int x0 = cell_of(p[0] - reach, f->cell, f->nx), x1 = cell_of(p[0] + reach, f->cell, f->nx);
  int y0 = cell_of(p[1] - reach, f->cell, f->ny), y1 = cell_of(p[1] + reach, f->cell, f->ny);
  for (int y = y0; y <= y1; y++)
    for (int x = x0; x <= x1; x++) {
      int c = y * f->nx + x;
      for (int k = f->cell_first[c]; k < f->cell_first[c + 1] && n < max; k++) {
        const struct piece *q = &f->pieces[f->cell_piece[k]];
        if (p[0] < q->box[0] - reach || p[1] < q->box[1] - reach || p[0] > q->box[2] + reach || p[1] > q->box[3] + reach) continue;
        if (seen_before(seen, seens, f->cell_piece[k]) || (zones > 0 && listed_zone(q, zone, zones))) continue;
        if (seens < NEAR_MAX) seen[seens++] = f->cell_piece[k];
        // the plane that is the farthest away separates for sure
        struct floor_face face = {{0, 0}, -1e30}, other = face;
        double most = -1e30;
        for (int h = q->first; h < q->first + q->count; h++) {
          const double *m = f->planes[h].n;
          double d = m[0] * p[0] + m[1] * p[1] - f->planes[h].c, in = ahead ? m[0] * ahead[0] + m[1] * ahead[1] : 0;
          if (d > face.distance) face = (struct floor_face){{m[0], m[1]}, d};
          if (in > 0) in = 0;
          if (d < 0 || d + in <= most) continue;
          most = d + in;
          other = (struct floor_face){{m[0], m[1]}, d};
        }
        if (face.distance < reach) out[n++] = most > -1e30 ? other : face;
      }
    }
  return n;
}

bool floor_narrow(const struct floor *f, const struct floor *wide, const double p[2]) {
  if (floor_free(wide, p)) return false;
  struct floor_face face[8];
  double room = wide->radius - f->radius + 0.03, q[2] = {p[0], p[1]};
  int n = floor_near(f, p, NULL, room, face, 8), least = 0;
  if (n == 0) return true;
  for (int k = 1; k < n; k++)
    if (face[k].distance < face[least].distance) least = k;
  for (int a = 0; a < 2; a++) q[a] = p[a] + (room - face[least].distance) * face[least].normal[a];
  if (floor_free(wide, q) && floor_visible(f, p, q)) return false;
  // out of a corner: away from all that is near
  for (int k = 0; k < n; k++) {
    double in = room - ((q[0] - p[0]) * face[k].normal[0] + (q[1] - p[1]) * face[k].normal[1] + face[k].distance);
    if (in <= 0) continue;
    for (int a = 0; a < 2; a++) q[a] += in * face[k].normal[a];
  }
  return !(floor_free(wide, q) && geo_distance(p, q) <= 1.45 * room && floor_visible(f, p, q));
}

bool corner_taut(const struct corner *c, const double d[2]) {
  double u = d[0] * c->back[1] - d[1] * c->back[0], v = d[0] * c->ahead[1] - d[1] * c->ahead[0];
  return u * v >= -1e-12 * (d[0] * d[0] + d[1] * d[1]);
}

static bool passes(const struct gate *g, const double a[2], const double b[2]) {
  return (geo_cross(g->a, g->b, a) < 0) != (geo_cross(g->a, g->b, b) < 0) && geo_crossing(g->a, g->b, a, b) >= 0;
}

struct leg_cost floor_leg(const struct floor *f, const double a[2], const double b[2], double speed, double *slow) {
  struct leg_cost leg = {.length = geo_distance(a, b), .ahead = true, .back = true};
  leg.time = leg.length / speed;
  if (slow) memset(slow, 0, sizeof *slow * (size_t)f->limit_count);
  if (f->plain) return leg;

  for (int i = 0; i < f->gate_count; i++) {
    if (!passes(&f->gates[i], a, b)) continue;
    // a door in a wall of two lines is one door
    int door = f->gates[i].door, k = 0;
    while (k < i && (f->gates[k].door != door || !passes(&f->gates[k], a, b))) k++;
    if (k == i) leg.waits += ns_to_seconds(f->layout->doors[door].time);
  }
  leg.time += leg.waits;
  bool near = f->permits;
  for (int i = 0; i < f->rule_count && !near; i++) near = geo_box_meets(f->rules[i].box, a, b);
  if (!near || leg.length < GEO_EPSILON) return leg;

  // piece by piece between the rims of zones
  double d[2] = {(b[0] - a[0]) / leg.length, (b[1] - a[1]) / leg.length};
  for (double t = 0; t < 1;) {
    double next = 1;
    for (int i = 0; i < f->rule_count; i++) {
      if (!geo_box_meets(f->rules[i].box, a, b)) continue;
      double s = polygon_next_crossing(&f->rules[i].zone->area, a, b, t + 1e-12);
      if (s < next) next = s;
    }
    double part = (next - t) * leg.length, mid = (t + next) / 2;
    double m[2] = {a[0] + mid * (b[0] - a[0]), a[1] + mid * (b[1] - a[1])};
    t = next;
    if (part < GEO_EPSILON) continue;
    if (!permitted(f, m)) leg.ahead = leg.back = false;
    int limit = NONE;
    for (int i = 0; i < f->rule_count; i++) {
      const struct zone_rule *r = &f->rules[i];
      if ((!r->slow && !r->one_way) || !polygon_contains(&r->zone->area, m)) continue;
      if (r->slow && (limit == NONE || r->limit < limit)) limit = r->limit;
      if (!r->one_way) continue;
      double along = r->towards[0] * d[0] + r->towards[1] * d[1];
      if (along < -1e-9) leg.ahead = false;
      if (along > 1e-9) leg.back = false;
    }
    if (limit == NONE) continue;
    if (slow) slow[limit] += part;
    if (f->limits[limit] < speed) leg.time += part / f->limits[limit] - part / speed;
  }
  return leg;
}
