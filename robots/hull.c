#include "robots/hull.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"

#define D HULL_DIMENSIONS_MAX
#define FLAT 1e-11                  // a simplex thinner than this, against points of size 1, spans no volume

struct corners { uint64_t bits[2]; };                       // a set of points

struct facet {
  double         normal[D], offset; // normal . x = offset; outward
  struct corners corners;
  int            neighbour[D];      // across the ridge without vertex[k]
  uint8_t        vertex[D];
  bool           used, visible;
};

struct ridge { struct corners corners; int facet, side; uint32_t round; };

struct hull {
  int           dimensions, n, facets, facets_max, top;     // top: facets from here on were never used
  const double (*point)[D];
  double        inside[D];
  int          *unused, unused_count;
  int          *seen, *made;        // of this point: facets that it sees, facets that it makes
  uint32_t      round, ridge_mask;
  struct facet *facet;
  struct ridge *ridge;              // open addressing, of this round
};

struct hull *hull_create(int facets_max) {
  if (facets_max < 64) facets_max = 64;
  struct hull *h = calloc(1, sizeof *h);
  if (!h) return NULL;
  size_t n = (size_t)facets_max, ridges = 64;
  while (ridges < 4 * n) ridges *= 2;
  h->facets_max = facets_max;
  h->ridge_mask = (uint32_t)ridges - 1;
  h->facet = calloc(n, sizeof *h->facet);
  h->ridge = calloc(ridges, sizeof *h->ridge);
  h->unused = calloc(n, sizeof *h->unused);
  h->seen = calloc(n, sizeof *h->seen);
  h->made = calloc(n, sizeof *h->made);
  if (h->facet && h->ridge && h->unused && h->seen && h->made) return h;
  hull_destroy(h);
  return NULL;
}

void hull_destroy(struct hull *h) {
  if (!h) return;
  free(h->facet);
  free(h->ridge);
  free(h->unused);
  free(h->seen);
  free(h->made);
  free(h);
}

static void corners_add(struct corners *c, int i) { c->bits[i >> 6] |= (uint64_t)1 << (i & 63); }
static void corners_drop(struct corners *c, int i) { c->bits[i >> 6] &= ~((uint64_t)1 << (i & 63)); }

static double dot(const double *a, const double *b, int n) {
  double sum = 0;
  for (int k = 0; k < n; k++) sum += a[k] * b[k];
  return sum;
}

// ---- one facet ------------------------------------------------------------------------------------------------------

// The direction across d - 1 vectors of d: elimination with full pivoting, the column that is left is free.
static void null_vector(double rows[D][D], int d, double *out) {
  int column[D] = {0};
  for (int k = 0; k < d; k++) column[k] = k;
  for (int i = 0; i < d - 1; i++) {
    int r = i, c = i;
    for (int a = i; a < d - 1; a++)
      for (int b = i; b < d; b++)
        if (fabs(rows[a][column[b]]) > fabs(rows[r][column[c]])) r = a, c = b;
    int swap = column[i];
    column[i] = column[c], column[c] = swap;
    for (int k = 0; k < d; k++) {
      double x = rows[i][k];
      rows[i][k] = rows[r][k], rows[r][k] = x;
    }
    double pivot = rows[i][column[i]];
    if (pivot == 0) continue;
    for (int a = i + 1; a < d - 1; a++) {
      double s = rows[a][column[i]] / pivot;
      for (int b = i; b < d; b++) rows[a][column[b]] -= s * rows[i][column[b]];
    }
  }
  out[column[d - 1]] = 1;
  for (int i = d - 2; i >= 0; i--) {
    double sum = 0;
    for (int b = i + 1; b < d; b++) sum += rows[i][column[b]] * out[column[b]];
    double pivot = rows[i][column[i]];
    out[column[i]] = pivot == 0 ? 0 : -sum / pivot;
  }
}

static void facet_plane(const struct hull *h, struct facet *f) {
  int d = h->dimensions;
  double rows[D][D];
  const double *first = h->point[f->vertex[0]];
  for (int i = 1; i < d; i++)
    for (int k = 0; k < d; k++) rows[i - 1][k] = h->point[f->vertex[i]][k] - first[k];
  null_vector(rows, d, f->normal);
  double scale = 1 / m_sqrt(dot(f->normal, f->normal, d));
  if (dot(f->normal, h->inside, d) > dot(f->normal, first, d)) scale = -scale;
  for (int k = 0; k < d; k++) f->normal[k] *= scale;
  f->offset = dot(f->normal, first, d);
}

// -1 when the workspace is full
static int facet_new(struct hull *h) {
  int i = h->unused_count > 0 ? h->unused[--h->unused_count] : h->top < h->facets_max ? h->top++ : -1;
  if (i < 0) return -1;
  h->facet[i] = (struct facet){.used = true};
  h->facets++;
  return i;
}

// ---- the first simplex ----------------------------------------------------------------------------------------------

// dimensions + 1 points, each as far as can be from the plane of those before it (Gram-Schmidt); false: flat
static bool first_corners(struct hull *h, int *corner) {
  int d = h->dimensions;
  double axis[D][D];
  corner[0] = 0;
  for (int m = 0; m < d; m++) {
    double best = 0, longest[D] = {0};
    for (int i = 0; i < h->n; i++) {
      double v[D];
      for (int k = 0; k < d; k++) v[k] = h->point[i][k] - h->point[corner[0]][k];
      for (int pass = 0; pass < 2; pass++)
        for (int a = 0; a < m; a++) {
          double s = dot(v, axis[a], d);
          for (int k = 0; k < d; k++) v[k] -= s * axis[a][k];
        }
      double length = m_sqrt(dot(v, v, d));
      if (length <= best) continue;
      best = length;
      corner[m + 1] = i;
      memcpy(longest, v, sizeof longest);
    }
    if (best <= FLAT) return false;
    for (int k = 0; k < d; k++) axis[m][k] = longest[k] / best;
  }
  return true;
}

static void first_simplex(struct hull *h, const int *corner) {
  int d = h->dimensions;
  memset(h->inside, 0, sizeof h->inside);
  for (int i = 0; i <= d; i++)
    for (int k = 0; k < d; k++) h->inside[k] += h->point[corner[i]][k] / (d + 1);
  // facet i lacks corner i, and its neighbour across the ridge without corner j is facet j
  for (int i = 0; i <= d; i++) {
    struct facet *f = &h->facet[facet_new(h)];
    int k = 0;
    for (int j = 0; j <= d; j++)
      if (j != i) {
        f->vertex[k] = (uint8_t)corner[j];
        f->neighbour[k++] = j;
        corners_add(&f->corners, corner[j]);
      }
    facet_plane(h, f);
  }
}

// ---- one more point -------------------------------------------------------------------------------------------------

// The facets over the same ridge find each other: the first leaves its name, the second takes it.
static void join(struct hull *h, int facet, int side) {
  struct corners c = h->facet[facet].corners;
  corners_drop(&c, h->facet[facet].vertex[side]);
  uint64_t mix = (c.bits[0] ^ (c.bits[1] * 0x9e3779b97f4a7c15u)) * 0xbf58476d1ce4e5b9u;
  for (uint32_t i = (uint32_t)(mix >> 32) & h->ridge_mask;; i = (i + 1) & h->ridge_mask) {
    struct ridge *r = &h->ridge[i];
    if (r->round != h->round) {
      *r = (struct ridge){c, facet, side, h->round};
      return;
    }
    if (r->corners.bits[0] != c.bits[0] || r->corners.bits[1] != c.bits[1]) continue;
    h->facet[facet].neighbour[side] = r->facet;
    h->facet[r->facet].neighbour[r->side] = facet;
    return;
  }
}

// A facet from the point to the ridge of f without its vertex `side`, beyond which the point sees nothing.
static bool raise_facet(struct hull *h, int f, int side, int point, int *made_count) {
  int i = facet_new(h), beyond = h->facet[f].neighbour[side];
  if (i < 0) return false;
  struct facet *g = &h->facet[i];
  memcpy(g->vertex, h->facet[f].vertex, sizeof g->vertex);
  g->corners = h->facet[f].corners;
  corners_drop(&g->corners, g->vertex[side]);
  corners_add(&g->corners, point);
  g->vertex[side] = (uint8_t)point;
  g->neighbour[side] = beyond;
  for (int k = 0; k < h->dimensions; k++)
    if (h->facet[beyond].neighbour[k] == f) h->facet[beyond].neighbour[k] = i;
  facet_plane(h, g);
  h->made[(*made_count)++] = i;
  return true;
}

static bool add_point(struct hull *h, int point, double tolerance) {
  int d = h->dimensions, seen = 0, made = 0;
  for (int i = 0; i < h->top; i++) {
    struct facet *f = &h->facet[i];
    f->visible = f->used && dot(f->normal, h->point[point], d) > f->offset + tolerance;
    if (f->visible) h->seen[seen++] = i;
  }
  h->round++;
  for (int i = 0; i < seen; i++)
    for (int k = 0; k < d; k++)
      if (!h->facet[h->facet[h->seen[i]].neighbour[k]].visible && !raise_facet(h, h->seen[i], k, point, &made)) return false;
  for (int i = 0; i < made; i++)
    for (int k = 0; k < d; k++)
      if (h->facet[h->made[i]].vertex[k] != point) join(h, h->made[i], k);
  for (int i = 0; i < seen; i++) {
    h->facet[h->seen[i]].used = false;
    h->unused[h->unused_count++] = h->seen[i];
  }
  h->facets -= seen;
  return true;
}

// ---- the whole ------------------------------------------------------------------------------------------------------

enum hull_answer hull_build(struct hull *h, int dimensions, const double (*points)[D], int n, double tolerance) {
  assert(dimensions >= 2 && dimensions <= D && n <= HULL_POINTS_MAX);
  int corner[D + 1];
  h->dimensions = dimensions;
  h->n = n;
  h->point = points;
  h->facets = h->top = h->unused_count = 0;
  if (n <= dimensions || !first_corners(h, corner)) return HULL_FLAT;
  first_simplex(h, corner);
  for (int i = 0; i < n; i++) {
    bool first = false;
    for (int k = 0; k <= dimensions; k++) first = first || corner[k] == i;
    if (!first && !add_point(h, i, tolerance)) {
      h->facets = h->top = 0;
      return HULL_FULL;
    }
  }
  return HULL_OK;
}

int hull_facet_count(const struct hull *h) { return h->facets; }

int hull_facet_next(const struct hull *h, int i, const double **normal, double *offset) {
  for (i++; i < h->top; i++)
    if (h->facet[i].used) {
      *normal = h->facet[i].normal;
      *offset = h->facet[i].offset;
      return i;
    }
  return -1;
}
