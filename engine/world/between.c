#include "engine/world/between.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/maths.h"
#include "engine/world/geometry.h"

#define PITCH      0.2              // m    of the cells, at least
#define PITCH_MOST 0.5              // m    above it there is no search
#define SLOT       0.5              // s
#define SLOTS      130              // after which everybody is taken to stand
#define SQUARE     2.0              // m    who is farther from the middle of a slot is not met in it: two footprints and what is walked in a slot
#define HEADS      400000
#define NODES      20000
#define POPS       15000            // cells that are looked from until a search is given up
#define EARLY      4                // points of a track by which one may be earlier or later than planned
#define JOIN       0.45             // m    from which a cell is joined to an end that is off the free floor
#define HEAP       (4 * BETWEEN_CELLS)
#define PATH_MOST  2000
// All guesses.

enum { UNKNOWN, FREE, COVERED };

struct entry { double f; int32_t cell; };
struct filed { int16_t other; int32_t next; };

struct between {
  uint8_t *floor;                   // (cells) UNKNOWN, FREE, COVERED
  bool    *done;
  double  *time;                    // s
  int32_t *before;
  struct entry *heap;
  int      heaped;
  double (*path)[2];
  // of the search at hand
  double   pitch, origin[2];
  int      nx, ny, sx, sy, slots, nodes;
  int32_t *head;                    // (slots x squares) first node, -1
  struct filed *node;
  double   need[BETWEEN_OTHERS];
};

struct between *between_create(struct arena *a) {
  struct between *b = ARENA_NEW(a, struct between, 1);
  if (!b) return NULL;
  b->floor = ARENA_NEW(a, uint8_t, BETWEEN_CELLS);
  b->done = ARENA_NEW(a, bool, BETWEEN_CELLS);
  b->time = ARENA_NEW(a, double, BETWEEN_CELLS);
  b->before = ARENA_NEW(a, int32_t, BETWEEN_CELLS);
  b->heap = ARENA_NEW(a, struct entry, HEAP);
  b->path = arena_alloc(a, sizeof *b->path * PATH_MOST, 8);
  b->head = ARENA_NEW(a, int32_t, HEADS);
  b->node = ARENA_NEW(a, struct filed, NODES);
  return b->floor && b->done && b->time && b->before && b->heap && b->path && b->head && b->node ? b : NULL;
}

// ---- a heap of cells by f, then by number -----------------------------------------------------------------

static bool sooner(const struct entry *a, const struct entry *b) { return a->f < b->f || (a->f == b->f && a->cell < b->cell); }

static void push(struct between *b, double f, int32_t cell) {
  if (b->heaped == HEAP) return;
  int k = b->heaped++;
  struct entry e = {f, cell};
  for (; k > 0 && sooner(&e, &b->heap[(k - 1) / 2]); k = (k - 1) / 2) b->heap[k] = b->heap[(k - 1) / 2];
  b->heap[k] = e;
}

static int32_t pop(struct between *b) {
  int32_t cell = b->heap[0].cell;
  struct entry e = b->heap[--b->heaped];
  int k = 0;
  for (int next; (next = 2 * k + 1) < b->heaped; k = next) {
    if (next + 1 < b->heaped && sooner(&b->heap[next + 1], &b->heap[next])) next++;
    if (!sooner(&b->heap[next], &e)) break;
    b->heap[k] = b->heap[next];
  }
  b->heap[k] = e;
  return cell;
}

// ---- who is where ------------------------------------------------------------------------------------------

static void middle(const struct between *b, int32_t cell, double out[2]) {
  out[0] = b->origin[0] + (cell % b->nx) * b->pitch;
  out[1] = b->origin[1] + (cell / b->nx) * b->pitch;
}

static bool is_free(struct between *b, const struct floor *f, int32_t cell) {
  if (b->floor[cell] == UNKNOWN) {
    double p[2];
    middle(b, cell, p);
    b->floor[cell] = floor_free(f, p) ? FREE : COVERED;
  }
  return b->floor[cell] == FREE;
}

// What other k keeps from p: who is as near to its beginning or end may be as near on its way.
static double need_of(const struct between_wish *w, int k) {
  const struct between_other *o = &w->other[k];
  double need = o->need + w->beside;
  for (int e = 0; e < 2; e++) {
    double there = geo_distance(e ? w->goal : w->from, o->at[e ? o->count - 1 : 0]) - 1e-6;
    if (there < need) need = there;
  }
  return need;
}

static int slot_of(double time) {
  int slot = (int)(time / SLOT);
  return slot < 0 ? 0 : slot < SLOTS ? slot : SLOTS - 1;
}

static int square_of(const struct between *b, const double p[2]) {
  int x = (int)((p[0] - b->origin[0]) / SQUARE) + 1, y = (int)((p[1] - b->origin[1]) / SQUARE) + 1;
  return x < 0 || x >= b->sx || y < 0 || y >= b->sy ? -1 : y * b->sx + x;
}

// All others by the slot of time and the square of the floor in which they are in its middle. After the last slot they stand.
static void file_others(struct between *b, const struct between_wish *w) {
  b->sx = (int)(b->nx * b->pitch / SQUARE) + 3;
  b->sy = (int)(b->ny * b->pitch / SQUARE) + 3;
  b->nodes = 0;
  b->slots = 1;
  for (int k = 0; k < w->others; k++) {
    int slots = slot_of((w->other[k].count - 1) * BETWEEN_DT) + 2;
    b->slots = slots > b->slots ? slots : b->slots;
  }
  if (b->slots > SLOTS) b->slots = SLOTS;
  while ((long)b->slots * b->sx * b->sy > HEADS) b->slots--;
  memset(b->head, 0xff, sizeof *b->head * (size_t)b->slots * (size_t)b->sx * (size_t)b->sy);
  for (int k = w->others - 1; k >= 0; k--) {
    b->need[k] = need_of(w, k);
    if (b->need[k] <= 0) continue;
    for (int s = 0; s < b->slots && b->nodes < NODES; s++) {
      int at = (int)((s + 0.5) * SLOT / BETWEEN_DT), last = w->other[k].count - 1;
      int q = square_of(b, w->other[k].at[s + 1 == b->slots || at > last ? last : at]);
      if (q < 0) continue;
      int32_t *head = &b->head[(size_t)s * (size_t)b->sx * (size_t)b->sy + (size_t)q];
      b->node[b->nodes] = (struct filed){(int16_t)k, *head};
      *head = b->nodes++;
    }
  }
}

// Other k is too near to p about that time.
static bool meets(const struct between *b, const struct between_other *o, int k, const double p[2], int now) {
  int before = -1;
  for (int d = -EARLY; d <= EARLY; d += EARLY) {
    int at = now + d < 0 ? 0 : now + d < o->count ? now + d : o->count - 1;
    if (at == before) continue;
    before = at;
    double x = p[0] - o->at[at][0], y = p[1] - o->at[at][1];
    if (x * x + y * y < b->need[k] * b->need[k]) return true;
  }
  return false;
}

static bool met(const struct between *b, const struct between_wish *w, const double p[2], double time) {
  int now = (int)(time / BETWEEN_DT), q = square_of(b, p), slot = slot_of(time);
  if (slot >= b->slots) slot = b->slots - 1;
  if (q < 0) return false;
  for (int v = -1; v <= 1; v++)
    for (int u = -1; u <= 1; u++) {
      int x = q % b->sx + u, y = q / b->sx + v;
      if (x < 0 || x >= b->sx || y < 0 || y >= b->sy) continue;
      for (int32_t n = b->head[(size_t)slot * (size_t)b->sx * (size_t)b->sy + (size_t)(y * b->sx + x)]; n >= 0; n = b->node[n].next)
        if (meets(b, &w->other[b->node[n].other], b->node[n].other, p, now)) return true;
    }
  return false;
}

// Somebody will stand too near to the goal.
static bool goal_taken(const struct between_wish *w) {
  for (int k = 0; k < w->others; k++)
    if (geo_distance(w->other[k].at[w->other[k].count - 1], w->goal) < w->other[k].need && geo_distance(w->other[k].at[w->other[k].count - 1], w->goal) < BETWEEN_BESIDE) return true;
  return false;
}

// ---- the search ----------------------------------------------------------------------------------------------

static bool lay_out(struct between *b, const struct between_wish *w) {
  double box[4];
  for (int a = 0; a < 2; a++) {
    box[a] = w->box[a] > 0 ? w->box[a] : 0;
    box[2 + a] = w->box[2 + a] < w->floor->size[a] ? w->box[2 + a] : w->floor->size[a];
    if (box[2 + a] <= box[a]) return false;
  }
  double area = (box[2] - box[0] + 1) * (box[3] - box[1] + 1);
  b->pitch = m_sqrt(area / BETWEEN_CELLS);
  if (b->pitch < PITCH) b->pitch = PITCH;
  if (b->pitch > PITCH_MOST) return false;
  // cells at the same places of the hall for all searches of one pitch
  for (int a = 0; a < 2; a++) b->origin[a] = m_floor(box[a] / b->pitch) * b->pitch;
  b->nx = (int)((box[2] - b->origin[0]) / b->pitch) + 1;
  b->ny = (int)((box[3] - b->origin[1]) / b->pitch) + 1;
  if ((long)b->nx * b->ny > BETWEEN_CELLS) return false;
  size_t cells = (size_t)b->nx * (size_t)b->ny;
  memset(b->floor, UNKNOWN, cells);
  memset(b->done, 0, cells);
  for (size_t c = 0; c < cells; c++) b->time[c] = 1e30;
  b->heaped = 0;
  return true;
}

// Cells within JOIN of an end, from which it can be seen.
static bool joins(const struct between *b, const struct floor *f, const double end[2], int32_t cell) {
  double p[2];
  middle(b, cell, p);
  return geo_distance(p, end) <= JOIN && (!floor_free(f, end) || floor_visible(f, p, end));
}

static void reach(struct between *b, const struct between_wish *w, int32_t cell, int32_t from, double time) {
  double p[2];
  if (time >= b->time[cell]) return;
  middle(b, cell, p);
  if (met(b, w, p, time)) return;
  b->time[cell] = time;
  b->before[cell] = from;
  push(b, time + geo_distance(p, w->goal) / w->speed, cell);
}

// The cell from which the goal is reached, -1: none.
static int32_t search(struct between *b, const struct between_wish *w) {
  int side = (int)(JOIN / b->pitch) + 1, x = (int)((w->from[0] - b->origin[0]) / b->pitch), y = (int)((w->from[1] - b->origin[1]) / b->pitch);
  for (int v = y - side; v <= y + side + 1; v++)
    for (int u = x - side; u <= x + side + 1; u++) {
      int32_t cell = v * b->nx + u;
      double p[2];
      if (u < 0 || u >= b->nx || v < 0 || v >= b->ny || !is_free(b, w->floor, cell) || !joins(b, w->floor, w->from, cell)) continue;
      middle(b, cell, p);
      reach(b, w, cell, -1, w->ready + geo_distance(p, w->from) / w->speed);
    }
  for (int pops = 0; b->heaped > 0 && pops < POPS; pops++) {
    int32_t cell = pop(b);
    double p[2];
    if (b->done[cell]) continue;
    b->done[cell] = true;
    middle(b, cell, p);
    if (joins(b, w->floor, w->goal, cell)) return cell;
    for (int v = -1; v <= 1; v++)
      for (int u = -1; u <= 1; u++) {
        int a = cell % b->nx + u, c = cell / b->nx + v;
        int32_t next = c * b->nx + a;
        if ((u == 0 && v == 0) || a < 0 || a >= b->nx || c < 0 || c >= b->ny || b->done[next] || !is_free(b, w->floor, next)) continue;
        reach(b, w, next, cell, b->time[cell] + (u && v ? 1.4142135623730951 : 1) * b->pitch / w->speed);
      }
  }
  return -1;
}

// ---- pulling straight ---------------------------------------------------------------------------------------

// From p, at `time`, straight to q: nothing stands in the way, nobody comes, and it may be walked that way.
static bool clear(const struct between *b, const struct between_wish *w, const double p[2], const double q[2], double time) {
  const struct floor *f = w->floor;
  bool inside = floor_free(f, p) && floor_free(f, q);
  if (inside && (!floor_visible(f, p, q) || (!f->plain && !floor_leg(f, p, q, w->speed, NULL).ahead))) return false;
  double length = geo_distance(p, q);
  for (double x = 0.1; x < length; x += 0.1) {
    const double s = x / length, at[2] = {p[0] + s * (q[0] - p[0]), p[1] + s * (q[1] - p[1])};
    if (met(b, w, at, time + x / w->speed)) return false;
  }
  return true;
}

int between_find(struct between *b, const struct between_wish *w, double (*out)[2], int room, double *time) {
  assert(w->speed > 0 && room >= 2 && w->others <= BETWEEN_OTHERS);
  if (goal_taken(w)) return -1;
  if (!lay_out(b, w)) return 0;
  file_others(b, w);
  int32_t last = search(b, w);
  if (last < 0) return 0;
  int n = 2;
  for (int32_t c = last; c >= 0; c = b->before[c]) n++;
  if (n > PATH_MOST) return 0;
  int k = n - 1;
  memcpy(b->path[k--], w->goal, sizeof *b->path);
  for (int32_t c = last; c >= 0; c = b->before[c]) middle(b, c, b->path[k--]);
  memcpy(b->path[0], w->from, sizeof *b->path);
  *time = w->ready;
  int m = 0;
  memcpy(out[m++], w->from, sizeof *out);
  for (int a = 0; a + 1 < n; ) {
    int to = n - 1;
    while (to > a + 1 && !clear(b, w, b->path[a], b->path[to], *time)) to--;
    // what is pulled straight is walked earlier: somebody may be met where nobody was
    if (m == room || !clear(b, w, b->path[a], b->path[to], *time)) return 0;
    *time += geo_distance(b->path[a], b->path[to]) / w->speed;
    memcpy(out[m++], b->path[to], sizeof *out);
    a = to;
  }
  return m;
}
