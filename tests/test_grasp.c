// Grasps: closed forms, boundaries, invariance, epsilon against hulls and sampled directions; hulls against counted polytopes; hostile files.
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "robots/grasp.h"
#include "robots/grasp_file.h"
#include "tests/check.h"

static double between(struct stream *s, double low, double high) { return low + (high - low) * stream_unit(s); }

static struct planar_contact at(double x, double y, double nx, double ny, double mu) { return (struct planar_contact){{x, y}, {nx, ny}, mu}; }

// a contact on a disc of radius r at `angle`, pressing to its middle
static struct planar_contact on_disc(double r, double angle, double mu) {
  double s, c;
  m_sincos(angle, &s, &c);
  return at(r * c, r * s, -c, -s, mu);
}

// ---- closed forms in the plane --------------------------------------------------------------------------------------

static void test_antipodal_pinch(void **state) {
  (void)state;
  for (double a = 0.01; a < 3; a *= 1.7)
    for (double mu = 0.05; mu < 2; mu *= 1.5) {
      struct planar_contact c[2] = {at(-a, 0, 1, 0, mu), at(a, 0, -1, 0, mu)};
      struct grasp_quality q = grasp_planar(c, 2);
      assert_true(q.closed);
      CHECK_NEAR(q.epsilon_sum, 1 / sqrt(1 + 1 / (mu * mu) + 1 / (a * mu * a * mu)), 1e-15);
    }
}

static void test_triangle_resists_torque(void **state) {
  (void)state;
  for (double r = 0.02; r < 1.5; r *= 1.6)
    for (double mu = 0.02; mu < 0.3; mu *= 1.5) {
      struct planar_contact c[3];
      for (int i = 0; i < 3; i++) c[i] = on_disc(r, 2 * M_PI_D * i / 3, mu);
      struct grasp_quality q = grasp_planar(c, 3);
      assert_true(q.closed);
      CHECK_NEAR(q.epsilon_sum, mu * r, 1e-15);
    }
}

// four points without friction on a square of half side 1: two turn it one way with arm t, two the other
static void test_square_form_closure(void **state) {
  (void)state;
  for (double t = 0.1; t < 1; t += 0.1) {
    struct planar_contact c[4] = {at(t, -1, 0, 1, 0), at(-t, 1, 0, -1, 0), at(-1, t, 1, 0, 0), at(1, -t, -1, 0, 0)};
    struct grasp_quality q = grasp_planar(c, 4);
    assert_true(q.closed);
    CHECK_NEAR(q.epsilon_sum, 1 / sqrt(4 + 1 / (t * t)), 1e-15);
    c[2] = at(-1, -t, 1, 0, 0), c[3] = at(1, t, -1, 0, 0);  // all four turn it the same way
    assert_false(grasp_planar_closed(c, 4));
  }
  struct planar_contact half[4] = {at(0.5, -1, 0, 1, 0), at(-0.5, 1, 0, -1, 0), at(-1, 0.5, 1, 0, 0), at(1, -0.5, -1, 0, 0)};
  CHECK_NEAR(grasp_planar(half, 4).epsilon_sum, 1 / (2 * sqrt(2)), 1e-15);
}

// each side of the boundary by a relative 1e-9, and the boundary itself, in several places, turned and scaled
static void expect_boundary(double (*tangent)(double), struct planar_contact *(*make)(struct planar_contact *, double, double), double parameter) {
  struct stream s = stream_make(5, 1, "grasp", "boundary", 0);
  for (int i = 0; i < 50; i++) {
    double scale = m_exp(between(&s, -4, 3)), x = scale * between(&s, -3, 3), y = scale * between(&s, -3, 3), sine, cosine;
    m_sincos(i == 0 ? 0 : between(&s, 0, 2 * M_PI_D), &sine, &cosine);
    for (int side = -1; side <= 1; side++) {
      struct planar_contact c[2];
      make(c, parameter, tangent(parameter) * (1 + 1e-9 * side));
      for (int k = 0; k < 2; k++) {
        double px = c[k].p[0], py = c[k].p[1], nx = c[k].n[0], ny = c[k].n[1];
        c[k].p[0] = x + scale * (cosine * px - sine * py), c[k].p[1] = y + scale * (sine * px + cosine * py);
        c[k].n[0] = cosine * nx - sine * ny, c[k].n[1] = sine * nx + cosine * ny;
      }
      if (grasp_planar_closed(c, 2) != (side > 0)) fail_msg("parameter %g, case %d, side %d", parameter, i, side);
    }
  }
}

static double offset_limit(double dy) { return dy / 2; }
static struct planar_contact *make_offset(struct planar_contact *c, double dy, double mu) {
  c[0] = at(-1, -dy / 2, 1, 0, mu), c[1] = at(1, dy / 2, -1, 0, mu);
  return c;
}
static double wedge_limit(double half) { return m_sin(half) / m_cos(half); }
static struct planar_contact *make_wedge(struct planar_contact *c, double half, double mu) {
  c[0] = at(-1, 0, m_cos(half), m_sin(half), mu), c[1] = at(1, 0, -m_cos(half), m_sin(half), mu);
  return c;
}
static double disc_limit(double apart) { return wedge_limit((M_PI_D - apart) / 2); }
static struct planar_contact *make_disc(struct planar_contact *c, double apart, double mu) {
  c[0] = on_disc(1, 0, mu), c[1] = on_disc(1, apart, mu);
  return c;
}

static void test_boundaries_are_not_closed(void **state) {
  (void)state;
  for (double dy = 0.1; dy < 2; dy += 0.3) expect_boundary(offset_limit, make_offset, dy);
  for (double degrees = 5; degrees < 60; degrees += 7.5) {
    expect_boundary(wedge_limit, make_wedge, degrees * M_PI_D / 180);
    expect_boundary(disc_limit, make_disc, (180 - 2 * degrees) * M_PI_D / 180);
  }
}

static void test_what_cannot_close(void **state) {
  (void)state;
  assert_false(grasp_planar_closed(NULL, 0));
  struct planar_contact c[GRASP_CONTACTS_MAX];
  for (int n = 1; n <= GRASP_CONTACTS_MAX; n++) {           // normals that meet in one point leave the torque free
    for (int i = 0; i < n; i++) c[i] = on_disc(0.3, 0.1 + 2 * M_PI_D * i / n, 0);
    assert_false(grasp_planar_closed(c, n));
    CHECK_NEAR(grasp_planar(c, n).epsilon_each, 0, 0);
  }
  for (int i = 0; i < 4; i++) c[i] = on_disc(0, i, 0.5);    // all in one place
  assert_false(grasp_planar_closed(c, 4));
  for (int i = 0; i < 5; i++) c[i] = at(i, 0, 0, 1, 3);     // all from below
  assert_false(grasp_planar_closed(c, 5));
}

// ---- against hulls and samples --------------------------------------------------------------------------------------

static int random_grasp(struct stream *s, struct planar_contact *c) {
  int n = 2 + (int)(3 * stream_unit(s));
  for (int i = 0; i < n; i++) {
    double angle = between(s, 0, 2 * M_PI_D), turn = between(s, -0.4, 0.4), sine, cosine;
    m_sincos(angle, &sine, &cosine);
    c[i].p[0] = between(s, 0.5, 1) * cosine, c[i].p[1] = between(s, 0.5, 1) * sine;
    m_sincos(angle + turn, &sine, &cosine);
    c[i].n[0] = -cosine, c[i].n[1] = -sine;
    c[i].mu = stream_unit(s) < 0.2 ? 0 : between(s, 0.1, 1);
  }
  return n;
}

static int edges_of(const struct planar_contact *c, double (*w)[HULL_DIMENSIONS_MAX]) {
  int count = 0;
  for (int side = -1; side <= 1; side += 2) {
    double fx = c->n[0] - side * c->mu * c->n[1], fy = c->n[1] + side * c->mu * c->n[0];
    w[count][0] = fx, w[count][1] = fy, w[count++][2] = c->p[0] * fy - c->p[1] * fx;
    if (c->mu == 0) break;
  }
  return count;
}

static double hull_distance(struct hull *h, const double (*w)[HULL_DIMENSIONS_MAX], int n) {
  const double *normal;
  double offset, least = INFINITY;
  if (hull_build(h, 3, w, n, 1e-13) != HULL_OK) return 0;
  for (int i = hull_facet_next(h, -1, &normal, &offset); i >= 0; i = hull_facet_next(h, i, &normal, &offset)) least = fmin(least, offset);
  return least;
}

// epsilon of both norms is the distance to the nearest facet: of the primitives, and of all sums of corners
static void test_epsilon_is_the_nearest_facet(void **state) {
  (void)state;
  struct stream s = stream_make(7, 1, "grasp", "hulls", 0);
  struct hull *h = hull_create(5000);
  int closed = 0;
  for (int i = 0; i < 2000; i++) {
    struct planar_contact c[GRASP_CONTACTS_MAX];
    double w[HULL_POINTS_MAX][HULL_DIMENSIONS_MAX] = {{0}}, sums[HULL_POINTS_MAX][HULL_DIMENSIONS_MAX] = {{0}};
    int n = random_grasp(&s, c), rows = 0, total = 1;
    for (int k = 0; k < n; k++) {
      double edge[2][HULL_DIMENSIONS_MAX] = {{0}};
      int edges = edges_of(&c[k], edge), before = total;
      memcpy(w[rows], edge, sizeof *edge * (size_t)edges);
      rows += edges;
      for (int e = 0; e < edges; e++)
        for (int j = 0; j < before; j++, total++)
          for (int x = 0; x < 3; x++) sums[total][x] = sums[j][x] + edge[e][x];
    }
    double sum = hull_distance(h, (const double (*)[HULL_DIMENSIONS_MAX])w, rows), each = hull_distance(h, (const double (*)[HULL_DIMENSIONS_MAX])sums, total);
    struct grasp_quality q = grasp_planar(c, n);
    double alone;
    CHECK(q.closed, ==, sum > 1e-12);
    CHECK(grasp_planar_sum(c, n, &alone), ==, q.closed);
    CHECK_NEAR(alone, q.epsilon_sum, 0);
    closed += q.closed;
    if (!q.closed) continue;
    CHECK_NEAR(q.epsilon_sum, sum, 1e-12);
    CHECK_NEAR(q.epsilon_each, each, 1e-12);
    assert_true(q.epsilon_sum <= q.epsilon_each && q.epsilon_each <= n * q.epsilon_sum + 1e-15);
  }
  CHECK(closed, >, 300);
  hull_destroy(h);
}

// no direction can be resisted less than epsilon, and some of many directions nearly as little
static void test_epsilon_bounds_every_direction(void **state) {
  (void)state;
  struct stream s = stream_make(8, 1, "grasp", "directions", 0);
  for (int i = 0; i < 40; i++) {
    struct planar_contact c[GRASP_CONTACTS_MAX];
    int n = random_grasp(&s, c);
    struct grasp_quality q = grasp_planar(c, n);
    if (!q.closed) continue;
    double least_sum = INFINITY, least_each = INFINITY;
    for (int d = 0; d < 10000; d++) {
      double z = between(&s, -1, 1), around = between(&s, 0, 2 * M_PI_D), flat = sqrt(1 - z * z), high = -INFINITY, total = 0;
      double u[3] = {flat * m_cos(around), flat * m_sin(around), z};
      for (int k = 0; k < n; k++) {
        double edge[2][HULL_DIMENSIONS_MAX], best = -INFINITY;
        int edges = edges_of(&c[k], edge);
        for (int e = 0; e < edges; e++) best = fmax(best, u[0] * edge[e][0] + u[1] * edge[e][1] + u[2] * edge[e][2]);
        high = fmax(high, best);
        total += fmax(best, 0);
      }
      least_sum = fmin(least_sum, high), least_each = fmin(least_each, total);
    }
    assert_true(least_sum >= q.epsilon_sum && least_each >= q.epsilon_each);
    assert_true(least_sum < q.epsilon_sum + 0.05 && least_each < q.epsilon_each + 0.1);
  }
}

static void test_turned_scaled_shuffled(void **state) {
  (void)state;
  struct stream s = stream_make(9, 1, "grasp", "moves", 0);
  for (int i = 0; i < 2000; i++) {
    struct planar_contact c[GRASP_CONTACTS_MAX], d[GRASP_CONTACTS_MAX];
    int n = random_grasp(&s, c);
    double sine, cosine, scale = m_exp(between(&s, -5, 4)), x = 2 * scale * between(&s, -1, 1);
    struct grasp_quality q = grasp_planar(c, n);
    m_sincos(between(&s, 0, 2 * M_PI_D), &sine, &cosine);
    for (int k = 0; k < n; k++) {
      d[k] = c[(k + 1) % n];                                // other order
      struct planar_contact t = d[k];
      d[k].p[0] = cosine * t.p[0] - sine * t.p[1], d[k].p[1] = sine * t.p[0] + cosine * t.p[1];
      d[k].n[0] = cosine * t.n[0] - sine * t.n[1], d[k].n[1] = sine * t.n[0] + cosine * t.n[1];
    }
    struct grasp_quality turned = grasp_planar(d, n);
    CHECK_NEAR(turned.epsilon_sum, q.epsilon_sum, 1e-13);
    CHECK_NEAR(turned.epsilon_each, q.epsilon_each, 1e-13);
    for (int k = 0; k < n; k++) d[k].p[0] = scale * d[k].p[0] + x, d[k].p[1] = scale * d[k].p[1] - x;
    CHECK(grasp_planar_closed(d, n), ==, q.closed);         // the verdict knows no scale and no origin
  }
}

static struct contact in_space(struct v3 p, struct v3 n, double mu) { return (struct contact){p, n, mu, 8, 0}; }

static void test_two_contacts_by_their_line(void **state) {
  (void)state;
  struct stream s = stream_make(10, 1, "grasp", "lines", 0);
  int closed = 0;
  for (int i = 0; i < 5000; i++) {
    struct planar_contact c[GRASP_CONTACTS_MAX];
    random_grasp(&s, c);
    c[0].mu = between(&s, 0.2, 1.5), c[1].mu = between(&s, 0.2, 1.5);
    struct contact a = in_space(v3(c[0].p[0], c[0].p[1], 0), v3(c[0].n[0], c[0].n[1], 0), c[0].mu), b = in_space(v3(c[1].p[0], c[1].p[1], 0), v3(c[1].n[0], c[1].n[1], 0), c[1].mu);
    bool by_line = grasp_antipodal(&a, &b);
    CHECK(grasp_planar_closed(c, 2), ==, by_line);
    closed += by_line;
  }
  CHECK(closed, >, 200);
}

// ---- space ----------------------------------------------------------------------------------------------------------

static void test_hulls_of_known_polytopes(void **state) {
  (void)state;
  struct hull *h = hull_create(20000);
  double p[HULL_POINTS_MAX][HULL_DIMENSIONS_MAX], offset;
  const double (*rows)[HULL_DIMENSIONS_MAX] = (const double (*)[HULL_DIMENSIONS_MAX])p, *normal;
  for (int d = 2; d <= HULL_DIMENSIONS_MAX; d++) {
    memset(p, 0, sizeof p);                                 // cross polytope: 2^d facets
    for (int i = 0; i < 2 * d; i++) p[i][i / 2] = i % 2 ? 1 : -1;
    CHECK(hull_build(h, d, rows, 2 * d, 1e-12), ==, HULL_OK);
    CHECK(hull_facet_count(h), ==, 1 << d);
    for (int i = hull_facet_next(h, -1, &normal, &offset); i >= 0; i = hull_facet_next(h, i, &normal, &offset)) CHECK_NEAR(offset, 1 / sqrt(d), 1e-15);
    for (int i = 0; i < 1 << d; i++)                        // cube: simplices in 2 d planes
      for (int k = 0; k < d; k++) p[i][k] = i >> k & 1 ? 1 : -1;
    CHECK(hull_build(h, d, rows, 1 << d, 1e-12), ==, HULL_OK);
    CHECK(hull_facet_count(h), >=, 2 * d);
    for (int i = hull_facet_next(h, -1, &normal, &offset); i >= 0; i = hull_facet_next(h, i, &normal, &offset)) CHECK_NEAR(offset, 1, 1e-14);
  }
  for (int n = 8; n <= 40; n += 8) {                        // cyclic polytope on the trigonometric moment curve: n/(n-3) C(n-3, 3) facets
    for (int i = 0; i < n; i++)
      for (int k = 0; k < 3; k++) m_sincos(2 * M_PI_D * i * (k + 1) / n, &p[i][2 * k], &p[i][2 * k + 1]);
    CHECK(hull_build(h, 6, rows, n, 1e-12), ==, HULL_OK);
    CHECK(hull_facet_count(h), ==, n * ((n - 4) * (n - 5) / 2) / 3);
  }
  for (int i = 0; i < 40; i++) p[i][5] = 1 - p[i][0];        // flat
  CHECK(hull_build(h, 6, rows, 40, 1e-12), ==, HULL_FLAT);
  hull_destroy(h);
  h = hull_create(64);
  for (int i = 0; i < 40; i++)
    for (int k = 0; k < 3; k++) m_sincos(2 * M_PI_D * i * (k + 1) / 40, &p[i][2 * k], &p[i][2 * k + 1]);
  CHECK(hull_build(h, 6, rows, 40, 1e-12), ==, HULL_FULL);
  hull_destroy(h);
}

static struct v3 random_unit(struct stream *s) {
  double z = between(s, -1, 1), around = between(s, 0, 2 * M_PI_D), flat = m_sqrt(1 - z * z);
  return v3(flat * m_cos(around), flat * m_sin(around), z);
}

// frictionless points: turned about any axis, in any order; every direction is an upper bound
static void test_form_closure_in_space(void **state) {
  (void)state;
  struct stream s = stream_make(11, 1, "grasp", "space", 0);
  struct hull *h = hull_create(20000);
  int closed = 0;
  for (int i = 0; i < 60; i++) {
    struct contact c[14], d[14];
    struct m3 turn = m3_rotation_axis(random_unit(&s), between(&s, 0, 6));
    for (int k = 0; k < 14; k++) {
      c[k] = in_space(random_unit(&s), random_unit(&s), 0);
      if (v3_dot(c[k].p, c[k].n) > 0) c[k].n = v3_scale(c[k].n, -1);
      d[13 - k] = in_space(m3_apply(&turn, c[k].p), m3_apply(&turn, c[k].n), 0);
    }
    struct grasp_quality q, turned;
    assert_true(grasp_spatial(h, c, 14, &q) && grasp_spatial(h, d, 14, &turned));
    CHECK(q.closed, ==, turned.closed);
    closed += q.closed;
    if (!q.closed) continue;
    CHECK_NEAR(q.epsilon_sum, turned.epsilon_sum, 1e-12);
    for (int m = 0; m < 2000; m++) {
      double u[6], length = 0, high = -INFINITY;
      for (int k = 0; k < 6; k++) u[k] = m_normal_inverse(stream_unit(&s)), length += u[k] * u[k];
      for (int k = 0; k < 14; k++)
        high = fmax(high, v3_dot(v3(u[0], u[1], u[2]), c[k].n) + v3_dot(v3(u[3], u[4], u[5]), v3_cross(c[k].p, c[k].n)));
      assert_true(high / sqrt(length) >= q.epsilon_sum - 1e-15);
    }
  }
  CHECK(closed, >, 10);
  hull_destroy(h);
}

// hard fingers cannot hold a twist about their line, soft ones can; three at 120 deg on a sphere hold all
static void test_fingers_in_space(void **state) {
  (void)state;
  struct hull *h = hull_create(20000);
  struct grasp_quality q, moved;
  struct contact two[2] = {in_space(v3(-1, 0, 0), v3(1, 0, 0), 0.5), in_space(v3(1, 0, 0), v3(-1, 0, 0), 0.5)};
  assert_true(grasp_spatial(h, two, 2, &q));
  assert_false(q.closed);
  two[0].torsion = two[1].torsion = 0.1;
  assert_true(grasp_spatial(h, two, 2, &q));
  assert_true(q.closed);
  // the twist about the line is what is held least: only two primitives turn it each way, all others none
  CHECK_NEAR(q.epsilon_sum, 0.1, 0.1);
  assert_true(q.epsilon_sum <= 0.1);
  struct contact three[3];
  double last = 0;
  for (int i = 0; i < 3; i++) {
    double s, c;
    m_sincos(2 * M_PI_D * i / 3, &s, &c);
    three[i] = in_space(v3(c, s, 0), v3(-c, -s, 0), 0.5);
  }
  for (int edges = 4; edges <= 32; edges *= 2) {            // a finer pyramid holds the coarser one
    for (int i = 0; i < 3; i++) three[i].edges = edges;
    assert_true(grasp_spatial(h, three, 3, &q));
    assert_true(q.closed && q.epsilon_sum >= last - 1e-15);
    last = q.epsilon_sum;
  }
  struct m3 turn = m3_rotation_z(0.7);                      // about z the pyramids turn with the grasp
  struct contact turned[3];
  for (int i = 0; i < 3; i++) turned[i] = three[i], turned[i].p = m3_apply(&turn, three[i].p), turned[i].n = m3_apply(&turn, three[i].n);
  assert_true(grasp_spatial(h, turned, 3, &moved));
  CHECK_NEAR(moved.epsilon_sum, q.epsilon_sum, 1e-12);
  for (int i = 0; i < 3; i++) three[i].mu = 0;
  assert_true(grasp_spatial(h, three, 3, &q));
  assert_false(q.closed);
  hull_destroy(h);
}

// ---- space, by brute force ------------------------------------------------------------------------------------------

// the direction across five differences of six points, by Gauss-Jordan with row pivoting; false when they are dependent
static bool across_six(const double (*w)[6], const int *pick, double *u) {
  double m[5][6];
  int pivot_of[5], is_pivot[6] = {0};
  for (int i = 0; i < 5; i++)
    for (int k = 0; k < 6; k++) m[i][k] = w[pick[i + 1]][k] - w[pick[0]][k];
  for (int i = 0; i < 5; i++) {
    int r = i, c = 0;
    for (int a = i; a < 5; a++)
      for (int b = 0; b < 6; b++)
        if (fabs(m[a][b]) > fabs(m[r][c])) r = a, c = b;
    if (fabs(m[r][c]) < 1e-9) return false;
    for (int k = 0; k < 6; k++) {
      double x = m[i][k];
      m[i][k] = m[r][k], m[r][k] = x;
    }
    pivot_of[i] = c, is_pivot[c] = 1;
    for (int a = 0; a < 5; a++) {
      double f = m[a][c] / m[i][c];
      for (int k = 0; k < 6 && a != i; k++) m[a][k] -= f * m[i][k];
    }
  }
  int open = 0;
  while (is_pivot[open]) open++;
  double length = 1;
  u[open] = 1;
  for (int i = 0; i < 5; i++) u[pivot_of[i]] = -m[i][open] / m[i][pivot_of[i]], length += u[pivot_of[i]] * u[pivot_of[i]];
  for (int k = 0; k < 6; k++) u[k] /= sqrt(length);
  return true;
}

// least support over the planes through any six primitives; negative: all on one side of the origin
static double least_by_sixes(const double (*w)[6], int n) {
  double least = INFINITY, u[6];
  int pick[6] = {0, 1, 2, 3, 4, 5};
  for (;;) {
    if (across_six(w, pick, u)) {
      double high = -INFINITY, low = INFINITY;
      for (int i = 0; i < n; i++) {
        double d = 0;
        for (int k = 0; k < 6; k++) d += u[k] * w[i][k];
        high = fmax(high, d), low = fmin(low, d);
      }
      least = fmin(least, fmin(high, -low));
    }
    int at = 5;
    while (at >= 0 && pick[at] == n - 6 + at) at--;
    if (at < 0) return least;
    pick[at]++;
    for (int k = at + 1; k < 6; k++) pick[k] = pick[k - 1] + 1;
  }
}

static void row(double *w, struct v3 force, struct v3 torque) { w[0] = force.x, w[1] = force.y, w[2] = force.z, w[3] = torque.x, w[4] = torque.y, w[5] = torque.z; }

static void test_space_against_all_planes_of_six(void **state) {
  (void)state;
  struct stream s = stream_make(12, 1, "grasp", "sixes", 0);
  struct hull *h = hull_create(20000);
  int closed = 0;
  for (int i = 0; i < 60; i++) {
    struct contact c[3];
    double w[24][6];
    int n = 2 + i % 2, rows = 0;
    for (int k = 0; k < n; k++) {
      double sine, cosine, turn = between(&s, -0.3, 0.3), lift = between(&s, -0.2, 0.2);
      m_sincos(2 * M_PI_D * k / n + turn, &sine, &cosine);
      c[k] = (struct contact){v3(0.7 * cosine, 0.7 * sine, lift), v3(-cosine, -sine, 0), between(&s, 0.3, 1), n == 2 ? 5 : 3, n == 2 || i % 4 == 1 ? 0.15 : 0};
      struct v3 t = v3(-sine, cosine, 0), b = v3(0, 0, 1); // n x z = (n_y, -n_x, 0), and n x (n x z) = -z or z: either way round
      for (int e = 0; e < c[k].edges; e++) {
        m_sincos(2 * M_PI_D * e / c[k].edges, &sine, &cosine);
        struct v3 f = v3_mul_add(v3_mul_add(c[k].n, t, c[k].mu * cosine), b, c[k].mu * sine);
        row(w[rows++], f, v3_cross(c[k].p, f));
      }
      for (int side = -1; side <= 1 && c[k].torsion > 0; side += 2) row(w[rows++], c[k].n, v3_mul_add(v3_cross(c[k].p, c[k].n), c[k].n, side * 0.15));
    }
    double least = least_by_sixes((const double (*)[6])w, rows);
    struct grasp_quality q;
    assert_true(grasp_spatial(h, c, n, &q));
    CHECK(q.closed, ==, least > 1e-9);
    closed += q.closed;
    if (q.closed) CHECK_NEAR(q.epsilon_sum, least, 1e-12);
  }
  CHECK(closed, >, 15);
  hull_destroy(h);
}

// ---- grip force -----------------------------------------------------------------------------------------------------

static void test_grip_force_and_slip(void **state) {
  (void)state;
  for (double mass = 0.1; mass < 30; mass *= 2.3)
    for (double mu = 0.1; mu < 1.2; mu += 0.2)
      for (double up = 0; up < 8; up += 2) {
        struct grip_contact c = {mu, 0, 2};
        struct grip_load load = grip_load_lift(mass, up, 0);
        double force = grip_force(&load, &c);
        CHECK_NEAR(2 * mu * force, mass * (9.81 + up), 1e-12 * mass * 20);
        assert_true(grip_slips(&load, &c, force * (1 - 1e-12)) && !grip_slips(&load, &c, force));
        CHECK_NEAR(grip_slip_acceleration(mass, &c, force), up, 1e-12 * 20);
      }
  // off the centre of mass: only a soft finger holds, on the ellipse; and the weaker finger stays pressed
  struct grip_load load = {2, 9.81, 0, 0.03};
  struct grip_contact hard = {0.5, 0, 2}, soft = {0.5, 0.01, 2};
  assert_true(isinf(grip_force(&load, &hard)));
  double force = grip_force(&load, &soft), shear = 2 * 9.81 / (2 * 0.5 * force), twist = 2 * 9.81 * 0.03 / (2 * 2.0 / 3 * 0.5 * 0.01 * force);
  CHECK_NEAR(shear * shear + twist * twist, 1, 1e-14);
  load = (struct grip_load){2, 0, 7, 0};
  CHECK_NEAR(grip_force(&load, &hard), 7, 1e-15);
}

// ---- files ----------------------------------------------------------------------------------------------------------

static void test_bad_files_say_where(void **state) {
  (void)state;
  static const char *const bad[][2] = {
    {"", "1:"},
    {"[1]", "1:1: unknown, missing or repeated key: expected a map with planar"},
    {"{\"planar\": 3}", "1:12: value of the wrong kind: planar: expected a list of cases"},
    {"{\"planar\": [7]}", "1:13: value of the wrong kind: a case is a map"},
    {"{\"planar\": [{}]}", "1:13: unknown, missing or repeated key: needs 'contacts'"},
    {"{\"planar\": [{\"contacts\": [{\"p\": [0, 0], \"n\": [1, 0]}]}]}", "needs 'mu'"},
    {"{\"planar\": [{\"contacts\": [{\"p\": [0, 0], \"n\": [1, 1], \"mu\": 0}]}]}", "1:46: value outside its limits: n: a unit normal has length 1"},
    {"{\"planar\": [{\"contacts\": [{\"p\": [0, 1e300], \"n\": [1, 0], \"mu\": 0}]}]}", "p: 1e300 is outside -1000 ... 1000"},
    {"{\"planar\": [{\"contacts\": [{\"p\": [0], \"n\": [1, 0], \"mu\": 0}]}]}", "p: expected a list of 2 numbers"},
    {"{\"planar\": [{\"contacts\": [{\"p\": [0, \"1\"], \"n\": [1, 0], \"mu\": 0}]}]}", "p: expected a number"},
    {"{\"planar\": [{\"contacts\": [{\"p\": [0, 0], \"n\": [1, 0], \"mu\": -0.1}]}]}", "mu: -0.1 is outside 0 ... 100"},
    {"{\"planar\": [{\"contacts\": [{\"p\": [0, 0], \"n\": [1, 0], \"mu\": 0, \"mv\": 1}]}]}", "1:63: warning: unknown, missing or repeated key: a contact has no 'mv' and it is not read; did you mean 'mu'?"},
    {"{\"planar\": [{\"contacts\": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}]}", "larger than Takt accepts: contacts: 17 of them, at most 16"},
    {"{\"spatial\": [{\"contacts\": [{\"p\": [0, 0, 0], \"n\": [1, 0, 0], \"mu\": 0.5}]}]}", "needs 'cone_edges'"},
    {"{\"spatial\": [{\"contacts\": [{\"p\": [0, 0, 0], \"n\": [1, 0, 0], \"mu\": 0.5, \"cone_edges\": 3.5}]}]}", "cone_edges: expected a whole number"},
    {"{\"spatial\": [{\"contacts\": [{\"p\": [0, 0, 0], \"n\": [1, 0, 0], \"mu\": 0.5, \"cone_edges\": 1e9}]}]}", "cone_edges: 1e9 is outside 3 ... 32"},
    {"{\"grip_force\": [{\"mass\": 1, \"mu\": 0, \"accel_up\": 0, \"contacts\": 2}]}", "mu: without friction"},
    {"{\"grip_force\": [{\"mass\": -1, \"mu\": 1, \"accel_up\": 0, \"contacts\": 2}]}", "mass: -1 is outside"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct grasp_file g;
    struct faults f;
    faults_init(&f, "cases.json", bad[i][0], strlen(bad[i][0]));
    enum status s = grasp_file_parse(&g, bad[i][0], strlen(bad[i][0]), &f);
    CHECK(s == STATUS_OK, ==, f.errors == 0);
    CHECK(f.count, >, 0);
    char said[400];
    const struct fault *x = &f.fault[0];
    snprintf(said, sizeof said, "%u:%u: %s%s: %s", x->mark.line, x->mark.column, x->kind == FAULT_WARNING ? "warning: " : "", status_text(x->status), x->text);
    CHECK_HAS(said, bad[i][1]);
    grasp_file_finish(&g);
    faults_finish(&f);
  }
}

// many cones are refused before they are counted into any array
static void test_too_many_edges(void **state) {
  (void)state;
  char text[4000] = "{\"spatial\": [{\"contacts\": [";
  for (int i = 0; i < 5; i++) strcat(text, i ? ", {\"p\": [0, 0, 0], \"n\": [1, 0, 0], \"mu\": 0.5, \"cone_edges\": 32}" : "{\"p\": [0, 0, 0], \"n\": [1, 0, 0], \"mu\": 0.5, \"cone_edges\": 32}");
  strcat(text, "]}]}");
  struct grasp_file g;
  struct faults f;
  faults_init(&f, "cases.json", text, strlen(text));
  CHECK(grasp_file_parse(&g, text, strlen(text), &f), !=, STATUS_OK);
  CHECK_HAS(f.fault[0].text, "160 edges of friction cones together, at most 128");
  grasp_file_finish(&g);
  faults_finish(&f);
}

int test_grasp(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_antipodal_pinch),
    cmocka_unit_test(test_triangle_resists_torque),
    cmocka_unit_test(test_square_form_closure),
    cmocka_unit_test(test_boundaries_are_not_closed),
    cmocka_unit_test(test_what_cannot_close),
    cmocka_unit_test(test_epsilon_is_the_nearest_facet),
    cmocka_unit_test(test_epsilon_bounds_every_direction),
    cmocka_unit_test(test_turned_scaled_shuffled),
    cmocka_unit_test(test_two_contacts_by_their_line),
    cmocka_unit_test(test_hulls_of_known_polytopes),
    cmocka_unit_test(test_form_closure_in_space),
    cmocka_unit_test(test_fingers_in_space),
    cmocka_unit_test(test_space_against_all_planes_of_six),
    cmocka_unit_test(test_grip_force_and_slip),
    cmocka_unit_test(test_bad_files_say_where),
    cmocka_unit_test(test_too_many_edges),
  };
  return cmocka_run_group_tests_name("grasp", tests, NULL, NULL);
}
