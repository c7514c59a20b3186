#include "robots/grasp.h"

#include <assert.h>
#include <math.h>

// ---- in the plane ---------------------------------------------------------------------------------------------------

#define PLANAR_MAX (2 * GRASP_CONTACTS_MAX)

static inline double larger(double a, double b) { return a > b ? a : b; }
static inline double smaller(double a, double b) { return a < b ? a : b; }

struct planar {
  struct v3 w[PLANAR_MAX];          // fx, fy, torque
  int       first[GRASP_CONTACTS_MAX + 1];  // rows of each contact
  int       count;
};

// Primitives with torque about `middle`, over `extent`.
static void planar_primitives(struct planar *s, const struct planar_contact *c, int n, double middle[2], double extent) {
  s->count = 0;
  for (int i = 0; i < n; i++) {
    double x = c[i].p[0] - middle[0], y = c[i].p[1] - middle[1];
    s->first[i] = s->count;
    for (int side = -1; side <= 1; side += 2) {
      double fx = c[i].n[0] - side * c[i].mu * c[i].n[1], fy = c[i].n[1] + side * c[i].mu * c[i].n[0];
      s->w[s->count++] = v3(fx, fy, (x * fy - y * fx) / extent);
      if (c[i].mu == 0) break;
    }
  }
  s->first[n] = s->count;
}

// How far the wrenches and the origin reach along u or against it, whichever is less.
static inline double support(const struct planar *s, struct v3 u) {
  double low = 0, high = 0;
  for (int k = 0; k < s->count; k++) {
    double d = v3_dot(u, s->w[k]);
    low = smaller(low, d);
    high = larger(high, d);
  }
  return smaller(high, -low);
}

// Is there a plane through the origin with all wrenches on one side? A cone that is not the whole space has a facet, and that
// is spanned by two of them; wrenches that are flat together lie in the plane of two.
static bool planar_one_sided(const struct planar *s, double rounding) {
  bool spanned = false;
  for (int i = 0; i < s->count; i++)
    for (int j = i + 1; j < s->count; j++) {
      struct v3 u = v3_cross(s->w[i], s->w[j]);
      double square = v3_dot(u, u), h = support(s, u);
      if (square < 1e-28) continue;                         // along one line: other pairs span the plane
      spanned = true;
      if (h * h <= rounding * rounding * square) return true;
    }
  return !spanned;
}

bool grasp_planar_closed(const struct planar_contact *c, int n) {
  assert(n >= 0 && n <= GRASP_CONTACTS_MAX);
  double middle[2] = {0, 0}, extent = 0, far = 0;
  for (int i = 0; i < n; i++)
    for (int k = 0; k < 2; k++) middle[k] += c[i].p[k] / n;
  for (int i = 0; i < n; i++) {
    double x = c[i].p[0] - middle[0], y = c[i].p[1] - middle[1];
    extent = larger(extent, x * x + y * y);
    far = larger(far, c[i].p[0] * c[i].p[0] + c[i].p[1] * c[i].p[1]);
  }
  extent = m_sqrt(extent);
  double rounding = GRASP_ROUNDING * (1 + m_sqrt(far) / extent);
  if (!(rounding < 1e-3)) return false;                     // all contacts in one point

  // a cone does not know the length of its wrenches: all of unit length
  struct planar s;
  planar_primitives(&s, c, n, middle, extent);
  for (int i = 0; i < s.count; i++) s.w[i] = v3_scale(s.w[i], 1 / v3_norm(s.w[i]));
  return !planar_one_sided(&s, rounding);
}

// The least of support over length, kept as squares: one root at the end.
struct least { double support2, length2; };

static inline void least_take(struct least *l, double support, double length2) {
  double support2 = support * support;
  if (support2 * l->length2 < l->support2 * length2) *l = (struct least){support2, length2};
}

// Over the normals of all triangles of primitives.
static double planar_epsilon_sum(const struct planar *s) {
  struct least least = {1, 0};
  for (int i = 0; i < s->count; i++)
    for (int j = i + 1; j < s->count; j++) {
      struct v3 a = v3_sub(s->w[j], s->w[i]);
      for (int k = j + 1; k < s->count; k++) {
        struct v3 u = v3_cross(a, v3_sub(s->w[k], s->w[i]));
        least_take(&least, support(s, u), v3_dot(u, u));
      }
    }
  return m_sqrt(least.support2 / least.length2);
}

// The sum over contacts of triangles (0, edge, edge): its facets are normal to two edges of triangles.
static double planar_epsilon_each(const struct planar *s, int n) {
  struct v3 edge[3 * GRASP_CONTACTS_MAX];
  int edges = 0;
  for (int i = 0; i < n; i++) {
    int a = s->first[i], b = s->first[i + 1] - 1;
    edge[edges++] = s->w[a];
    if (a == b) continue;
    edge[edges++] = s->w[b];
    edge[edges++] = v3_sub(s->w[a], s->w[b]);
  }
  struct least least = {1, 0};
  for (int i = 0; i < edges; i++)
    for (int j = i + 1; j < edges; j++) {
      struct v3 u = v3_cross(edge[i], edge[j]);
      double ahead = 0, behind = 0;
      for (int k = 0; k < n; k++) {
        double a = v3_dot(u, s->w[s->first[k]]), b = v3_dot(u, s->w[s->first[k + 1] - 1]);
        ahead += larger(0, larger(a, b));
        behind -= smaller(0, smaller(a, b));
      }
      least_take(&least, smaller(ahead, behind), v3_dot(u, u));
    }
  return m_sqrt(least.support2 / least.length2);
}

bool grasp_planar_sum(const struct planar_contact *c, int n, double *epsilon) {
  struct planar s;
  *epsilon = 0;
  if (!grasp_planar_closed(c, n)) return false;
  planar_primitives(&s, c, n, (double[2]){0, 0}, 1);
  *epsilon = planar_epsilon_sum(&s);
  return true;
}

struct grasp_quality grasp_planar(const struct planar_contact *c, int n) {
  struct grasp_quality q = {.closed = grasp_planar_closed(c, n)};
  if (!q.closed) return q;
  struct planar s;
  planar_primitives(&s, c, n, (double[2]){0, 0}, 1);
  q.epsilon_sum = planar_epsilon_sum(&s);
  q.epsilon_each = planar_epsilon_each(&s, n);
  return q;
}

// ---- in space -------------------------------------------------------------------------------------------------------

int grasp_primitives(const struct contact *c) { return (c->mu == 0 ? 1 : c->edges) + (c->torsion == 0 ? 0 : 2); }

static void put(double w[HULL_DIMENSIONS_MAX], struct v3 force, struct v3 torque, double extent) {
  w[0] = force.x, w[1] = force.y, w[2] = force.z;
  w[3] = torque.x / extent, w[4] = torque.y / extent, w[5] = torque.z / extent;
}

// Rows of one contact, torque about `middle` over `extent`.
static int spatial_primitives(const struct contact *c, struct v3 middle, double extent, double (*w)[HULL_DIMENSIONS_MAX]) {
  struct v3 p = v3_sub(c->p, middle);
  struct v3 t = v3_cross(c->n, fabs(c->n.z) > 0.9 ? v3(0, 1, 0) : v3(0, 0, 1));
  t = v3_scale(t, 1 / v3_norm(t));
  struct v3 b = v3_cross(c->n, t);
  int count = 0, edges = c->mu == 0 ? 1 : c->edges;
  for (int i = 0; i < edges; i++) {
    double sine, cosine;
    m_sincos(2 * M_PI_D * i / edges, &sine, &cosine);
    struct v3 f = v3_mul_add(v3_mul_add(c->n, t, c->mu * cosine), b, c->mu * sine);
    put(w[count++], f, v3_cross(p, f), extent);
  }
  for (int side = -1; side <= 1 && c->torsion != 0; side += 2)
    put(w[count++], c->n, v3_mul_add(v3_cross(p, c->n), c->n, side * c->torsion), extent);
  return count;
}

bool grasp_spatial(struct hull *work, const struct contact *c, int n, struct grasp_quality *out) {
  assert(n >= 0 && n <= GRASP_CONTACTS_MAX);
  *out = (struct grasp_quality){.epsilon_each = NAN};
  struct v3 middle = {0, 0, 0};
  double extent = 0, far = 0, w[HULL_POINTS_MAX][HULL_DIMENSIONS_MAX];
  for (int i = 0; i < n; i++) middle = v3_mul_add(middle, c[i].p, 1.0 / n);
  for (int i = 0; i < n; i++) {
    extent = larger(extent, v3_norm(v3_sub(c[i].p, middle)));
    far = larger(far, v3_norm(c[i].p));
  }
  double rounding = GRASP_ROUNDING * (1 + far / extent);
  if (!(rounding < 1e-3)) return true;                      // all contacts in one point
  int count = 0;
  for (int i = 0; i < n; i++) {
    assert(count + grasp_primitives(&c[i]) <= HULL_POINTS_MAX);
    count += spatial_primitives(&c[i], middle, extent, w + count);
  }
  enum hull_answer answer = hull_build(work, HULL_DIMENSIONS_MAX, (const double (*)[HULL_DIMENSIONS_MAX])w, count, rounding);
  if (answer != HULL_OK) return answer == HULL_FLAT;

  // a facet u . w' = h of moved and scaled wrenches is a facet of the given ones: w' is linear in w
  double least = INFINITY, offset;
  const double *u;
  for (int i = hull_facet_next(work, -1, &u, &offset); i >= 0; i = hull_facet_next(work, i, &u, &offset)) {
    if (offset <= rounding) return true;
    struct v3 torque = v3_scale(v3(u[3], u[4], u[5]), 1 / extent);
    struct v3 force = v3_sub(v3(u[0], u[1], u[2]), v3_cross(torque, middle));
    double h = offset / m_sqrt(v3_dot(force, force) + v3_dot(torque, torque));
    least = smaller(h, least);
  }
  out->closed = true;
  out->epsilon_sum = least;
  return true;
}

bool grasp_antipodal(const struct contact *a, const struct contact *b) {
  struct v3 line = v3_sub(b->p, a->p);
  double length = v3_norm(line);
  if (length == 0) return false;
  line = v3_scale(line, 1 / length);
  // tan of the angle to each normal, against mu
  double into_a = v3_dot(line, a->n), into_b = -v3_dot(line, b->n);
  return into_a > 0 && into_b > 0 && v3_norm(v3_cross(line, a->n)) < a->mu * into_a - GRASP_ROUNDING &&
         v3_norm(v3_cross(line, b->n)) < b->mu * into_b - GRASP_ROUNDING;
}
