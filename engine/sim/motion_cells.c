// The hall as the coordinator sees it: cells of one footprint and a little, wider in halls of square kilometres. Goals are in its wide part, where two can pass each other.
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "engine/sim/motion_state.h"

#define ROOM    0.1                 // m    that a cell is wider than two footprints' radius: what walking sways and rounding need; a guess
#define SHIFTS  4                   //      places of the grid that are tried, each way
#define NARROW  8                   //      times dearer where two cannot pass each other: only to get out of there, or for others
#define MANY    40000               // cells of a hall from which on one place of the grid is as good as another
#define WIDER   1.05                //      steps in which cells are made wider
#define BESIDE  0.05                // m    between cells' lines and walls where many are led: what corners are cut by (motion_led.c)
#define LANES   1                   // dearer, of TRAFFIC_UNIT, against the lane: every other row and column of cells leads the other way, where many walk
#define STANDS  3                   // dearer, out of a cell that somebody covers who stands at a station
#define HOLD    0.05                // m    two footprints may seem to overlap by in a cell's middle

double cells_middle(const struct lead *l, int32_t cell, int axis) { return l->origin[axis] + l->pitch * (axis ? cell / l->nx : cell % l->nx); }

static void middle(const struct lead *l, int32_t cell, double out[2]) {
  for (int k = 0; k < 2; k++) out[k] = cells_middle(l, cell, k);
}

static const struct floor *floor_of_cells(const struct twin *t, const struct lead *l) { return l->many ? &l->tight : routes_floor(t->routes[l->set]); }

static bool is_open(const struct twin *t, const struct lead *l, const double p[2]) {
  const struct floor *f = floor_of_cells(t, l);
  return p[0] > 0 && p[1] > 0 && p[0] < f->size[0] && p[1] < f->size[1] && floor_free(f, p);
}

static bool is_wide(const struct twin *t, const struct lead *l, const double p[2]) {
  return is_open(t, l, p) && !floor_narrow(routes_floor(t->routes[l->set]), &t->motion->wide[l->set], p);
}

// Where the grid begins: the place that has most open cells.
static void place_grid(const struct twin *t, struct lead *l) {
  double best[2] = {l->pitch / 2, l->pitch / 2};
  int most = -1;
  for (int s = 0; s < SHIFTS * SHIFTS && l->nx * l->ny <= MANY; s++) {
    l->origin[0] = l->pitch * (0.5 + (double)(s % SHIFTS) / SHIFTS);
    l->origin[1] = l->pitch * (0.5 + (double)(s / SHIFTS) / SHIFTS);
    int n = 0;
    for (int32_t c = 0; c < l->nx * l->ny; c++) {
      double p[2];
      middle(l, c, p);
      n += is_wide(t, l, p);
    }
    if (n <= most) continue;
    most = n;
    memcpy(best, l->origin, sizeof best);
  }
  memcpy(l->origin, best, sizeof best);
}

// Cost of the way between the middles of two cells beside each other; 0: nobody may walk it.
static uint8_t cost_of(const struct twin *t, const struct lead *l, int32_t a, int32_t b) {
  const struct floor *f = floor_of_cells(t, l);
  double p[2], q[2];
  middle(l, a, p);
  middle(l, b, q);
  if (!floor_visible(f, p, q)) return 0;
  double narrow = l->open[a] == OPEN_WIDE && l->open[b] == OPEN_WIDE ? 1 : NARROW;
  if (f->plain) return (uint8_t)(TRAFFIC_UNIT * narrow);
  struct leg_cost leg = floor_leg(f, p, q, LEAD_SPEED, NULL);
  if (!leg.ahead) return 0;
  double units = TRAFFIC_UNIT * leg.time * LEAD_SPEED / l->pitch * narrow + 0.5;
  return units < TRAFFIC_UNIT ? TRAFFIC_UNIT : units > 255 ? 255 : (uint8_t)units;
}

// Keep to lanes: those who come towards each other are seldom in the same one; and past where others stand rather than through there.
static void make_lanes(const struct twin *t, const struct lead *l, uint8_t *cost) {
  for (int32_t c = 0; c < l->cells; c++) {
    double p[2];
    middle(l, c, p);
    int more = spots_near(&t->motion->spots, p, l->pitch) ? STANDS : 0;
    bool odd_row = c / l->nx % 2, odd_column = c % l->nx % 2;
    const bool with[4] = {odd_row, !odd_column, !odd_row, odd_column};  // east, south, west, north
    for (int e = 0; e < 4; e++)
      if (cost[4 * c + e] > 0 && cost[4 * c + e] <= 255 - LANES - STANDS) cost[4 * c + e] = (uint8_t)(cost[4 * c + e] + more + (with[e] ? 0 : LANES));
  }
}

bool cells_make(struct twin *t) {
  struct lead *l = &t->motion->lead;
  cells_finish(l);
  // the routes that most walkers share
  int32_t walkers[64] = {0}, most = 0, all = 0;
  double radius = 0;
  for (int32_t i = 0; i < t->robots; i++)
    if (motion_stepped(t, i)) walkers[t->fleet[t->robot[i].fleet].routes]++;
  for (int k = 0; k < t->route_sets; k++)
    if (walkers[k] > most) most = walkers[l->set = k];
  for (int k = 0; k < t->route_sets; k++) all += walkers[k];
  if (most < 2) return true;
  for (int32_t i = 0; i < t->robots; i++)
    if (motion_stepped(t, i) && t->motion->mover[i].radius > radius) radius = t->motion->mover[i].radius;
  // a hall of too many cells has wider ones
  for (l->pitch = 2 * radius + ROOM;; l->pitch *= WIDER) {
    l->nx = (int)(t->layout->size[0] / l->pitch) + 1;
    l->ny = (int)(t->layout->size[1] / l->pitch) + 1;
    if ((int64_t)l->nx * l->ny + t->robots + l->nx <= TRAFFIC_CELLS_MAX) break;
  }
  // by the whole floor first: what stands on it takes some of that
  l->dense = t->layout->size[0] * t->layout->size[1] < LEAD_DENSE * most;
  l->many = !l->dense && most > LEAD_FEW && most >= LEAD_MOST * all && l->nx * l->ny <= LEAD_CELLS;
  if (l->many) {
    int f = 0;
    struct error e;
    while (t->fleet[f].routes != l->set) f++;
    if (floor_init(&l->tight, t->layout, f, radius + BESIDE, t->zone_closed, &e) == STATUS_MEMORY) return false;
  }
  place_grid(t, l);
  int32_t hall = l->nx * l->ny, aside = (t->robots + l->nx - 1) / l->nx * l->nx;
  l->cells = hall;
  uint8_t *wall = malloc((size_t)(hall + aside)), *cost = calloc((size_t)(hall + aside), 4);
  l->open = calloc((size_t)hall, 1);
  l->taken = malloc((size_t)hall * sizeof *l->taken);
  l->left = malloc((size_t)hall * sizeof *l->left);
  l->queue = malloc((size_t)hall * sizeof *l->queue);
  l->seen = calloc((size_t)hall, sizeof *l->seen);
  l->stamp = 0;
  l->shut = malloc((size_t)hall * sizeof *l->shut);
  bool ok = wall && cost && l->open && l->taken && l->left && l->shut && l->queue && l->seen;
  if (ok) {
    memset(wall, 1, (size_t)(hall + aside));
    memset(l->taken, 0xFF, (size_t)hall * sizeof *l->taken);
    memset(l->left, 0xFF, (size_t)hall * sizeof *l->left);
    for (int32_t c = 0; c < hall; c++) {
      double p[2];
      middle(l, c, p);
      l->open[c] = is_wide(t, l, p) ? OPEN_WIDE : is_open(t, l, p) ? OPEN_NARROW : 0;
      wall[c] = !l->open[c];
    }
    int32_t open = 0;
    for (int32_t c = 0; c < hall; c++) open += l->open[c] == OPEN_WIDE;
    l->dense = open * l->pitch * l->pitch < LEAD_DENSE * most;
    l->many = l->many && !l->dense;
    l->strict = l->dense || l->many;
    l->every = l->many ? LEAD_EVERY_MANY : LEAD_EVERY;
    for (int32_t c = 0; c < hall; c++) {
      if (!l->open[c]) continue;
      int x = c % l->nx, y = c / l->nx;
      if (x + 1 < l->nx && l->open[c + 1]) {
        cost[4 * c + TRAFFIC_EAST] = cost_of(t, l, c, c + 1);
        cost[4 * (c + 1) + TRAFFIC_WEST] = cost_of(t, l, c + 1, c);
      }
      if (y + 1 < l->ny && l->open[c + l->nx]) {
        cost[4 * c + TRAFFIC_SOUTH] = cost_of(t, l, c, c + l->nx);
        cost[4 * (c + l->nx) + TRAFFIC_NORTH] = cost_of(t, l, c + l->nx, c);
      }
    }
    if (l->many) make_lanes(t, l, cost);
    struct traffic_params p = traffic_defaults();
    p.robots_max = t->robots;
    p.sideways = true;
    p.rings = false;
    p.spread = true;
    p.patience = LEAD_PATIENCE;
    p.seed = t->options.seed;
    const struct traffic_grid g = {l->nx, (hall + aside) / l->nx, wall, cost};
    if (l->dense || l->many || most <= LEAD_FEW) ok = (l->traffic = traffic_create(&g, &p)) != NULL;
  }
  free(wall);
  free(cost);
  if (!ok) cells_finish(l);
  return ok;
}

void cells_finish(struct lead *l) {
  if (l->traffic) traffic_destroy(l->traffic);
  free(l->open);
  free(l->taken);
  free(l->left);
  free(l->queue);
  free(l->seen);
  free(l->shut);
  floor_finish(&l->tight);
  l->traffic = NULL;
  l->all = l->many = false;
  l->open = NULL;
  l->taken = l->left = l->shut = l->queue = l->seen = NULL;
}

static int32_t column(const struct lead *l, double v, int axis) { return (int32_t)m_floor((v - l->origin[axis]) / l->pitch + 0.5); }

int32_t cells_nearest(const struct twin *t, int32_t i, const double p[2], double reach) {
  const struct lead *l = &t->motion->lead;
  const struct floor *f = routes_floor(t->routes[l->set]);
  int32_t x = column(l, p[0], 0), y = column(l, p[1], 1), best = NONE;
  double least = reach;
  int rings = (int)(reach / l->pitch + 0.5);
  for (int32_t b = y - rings; b <= y + rings; b++)
    for (int32_t a = x - rings; a <= x + rings; a++) {
      if (a < 0 || b < 0 || a >= l->nx || b >= l->ny) continue;
      int32_t c = b * l->nx + a;
      double q[2];
      if (!l->open[c] || (i == NONE && l->open[c] != OPEN_WIDE) || (i != NONE && l->taken[c] != NONE && l->taken[c] != i)) continue;
      middle(l, c, q);
      double d = geo_distance(p, q);
      if (d >= least || !floor_visible(f, p, q)) continue;
      least = d;
      best = c;
    }
  return best;
}

// Whoever has that cell cannot be told to leave it: on the way into it, or not led.
static bool is_kept(const struct twin *t, int32_t cell) {
  int32_t j = t->motion->lead.taken[cell];
  return j != NONE && (!t->motion->mover[j].led || t->motion->mover[j].lead_joins);
}

int32_t cells_room(const struct twin *t, int32_t from, int32_t by) {
  struct lead *l = &t->motion->lead;
  const struct floor *f = routes_floor(t->routes[l->set]);
  int32_t head = 0, tail = 0;
  l->stamp++;
  l->queue[tail++] = from;
  l->seen[from] = l->stamp;
  while (head < tail) {
    int32_t c = l->queue[head++];
    double p[2];
    middle(l, c, p);
    if (l->open[c] == OPEN_WIDE && l->taken[c] == NONE && !spots_near(&t->motion->spots, p, 2 * l->pitch) && (by == NONE || way_clear_of(t->motion, by, p, l->pitch))) return c;
    const int32_t beside[4] = {c % l->nx + 1 < l->nx ? c + 1 : NONE, c + l->nx < l->cells ? c + l->nx : NONE, c % l->nx > 0 ? c - 1 : NONE, c - l->nx};
    for (int k = 0; k < 4; k++) {
      double q[2];
      if (beside[k] < 0 || !l->open[beside[k]] || l->seen[beside[k]] == l->stamp || (by != NONE && is_kept(t, beside[k]))) continue;
      middle(l, beside[k], q);
      if (!floor_visible(f, p, q)) continue;
      l->seen[beside[k]] = l->stamp;
      l->queue[tail++] = beside[k];
    }
  }
  return NONE;
}

int cells_covered(const struct lead *l, const double p[2], double apart, int32_t out[LEAD_SHUTS]) {
  int32_t x = column(l, p[0], 0), y = column(l, p[1], 1);
  int n = 0;
  for (int32_t j = y - 1; j <= y + 1; j++)
    for (int32_t i = x - 1; i <= x + 1; i++) {
      if (i < 0 || j < 0 || i >= l->nx || j >= l->ny || !l->open[j * l->nx + i]) continue;
      double q[2];
      middle(l, j * l->nx + i, q);
      if (geo_distance(p, q) < apart - HOLD) out[n++] = j * l->nx + i;
    }
  return n;
}
