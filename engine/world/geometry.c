#include "engine/world/geometry.h"

#include "base/maths.h"

double geo_cross(const double o[2], const double a[2], const double b[2]) {
  return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
}

double geo_segment_distance(const double p[2], const double a[2], const double b[2]) {
  double x = b[0] - a[0], y = b[1] - a[1], l2 = x * x + y * y;
  double t = l2 > 0 ? ((p[0] - a[0]) * x + (p[1] - a[1]) * y) / l2 : 0;
  t = t < 0 ? 0 : t > 1 ? 1 : t;
  double q[2] = {a[0] + t * x, a[1] + t * y};
  return geo_distance(p, q);
}

double geo_crossing(const double a[2], const double b[2], const double c[2], const double d[2]) {
  double x = b[0] - a[0], y = b[1] - a[1], u = d[0] - c[0], v = d[1] - c[1];
  double det = x * v - y * u;
  if (det * det <= 1e-24 * (x * x + y * y) * (u * u + v * v)) return -1;
  double t = ((c[0] - a[0]) * v - (c[1] - a[1]) * u) / det;
  double s = ((c[0] - a[0]) * y - (c[1] - a[1]) * x) / det;
  return t >= 0 && t <= 1 && s >= 0 && s <= 1 ? t : -1;
}

bool polygon_contains(const struct polygon *g, const double p[2]) {
  bool in = false;
  for (int i = 0, j = g->count - 1; i < g->count; j = i++) {
    const double *a = g->point[i], *b = g->point[j];
    if ((a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1]) + a[0]) in = !in;
  }
  return in;
}

bool polygon_near(const struct polygon *g, const double p[2], double distance) {
  for (int i = 0, j = g->count - 1; i < g->count; j = i++)
    if (geo_segment_distance(p, g->point[j], g->point[i]) <= distance) return true;
  return false;
}

bool polygon_convex(const struct polygon *g) {
  for (int i = 0; i < g->count; i++) {
    const double *o = g->point[i], *a = g->point[(i + 1) % g->count], *b = g->point[(i + 2) % g->count];
    if (geo_cross(o, a, b) < -1e-9 * geo_distance(o, a) * geo_distance(a, b)) return false;
  }
  return true;
}

double polygon_area(const struct polygon *g) {
  double twice = 0;
  for (int i = 1; i + 1 < g->count; i++) twice += geo_cross(g->point[0], g->point[i], g->point[i + 1]);
  return twice / 2;
}

double polygon_next_crossing(const struct polygon *g, const double a[2], const double b[2], double t) {
  double best = 2;
  for (int i = 0, j = g->count - 1; i < g->count; j = i++) {
    double s = geo_crossing(a, b, g->point[j], g->point[i]);
    if (s > t && s < best) best = s;
  }
  return best;
}

void geo_box(const double (*point)[2], int n, double box[4]) {
  box[0] = box[2] = point[0][0];
  box[1] = box[3] = point[0][1];
  for (int i = 1; i < n; i++) {
    if (point[i][0] < box[0]) box[0] = point[i][0];
    if (point[i][1] < box[1]) box[1] = point[i][1];
    if (point[i][0] > box[2]) box[2] = point[i][0];
    if (point[i][1] > box[3]) box[3] = point[i][1];
  }
}

bool geo_box_meets(const double box[4], const double a[2], const double b[2]) {
  if (a[0] < box[0] && b[0] < box[0]) return false;
  if (a[1] < box[1] && b[1] < box[1]) return false;
  if (a[0] > box[2] && b[0] > box[2]) return false;
  if (a[1] > box[3] && b[1] > box[3]) return false;
  return true;
}

bool convex_meets(const struct halfplane *h, int n, const double a[2], const double b[2]) {
  double low = 0, high = 1;
  for (int i = 0; i < n; i++) {
    double da = h[i].n[0] * a[0] + h[i].n[1] * a[1] - h[i].c;
    double db = h[i].n[0] * b[0] + h[i].n[1] * b[1] - h[i].c;
    if (da >= 0 && db >= 0) return false;
    if (da < 0 && db < 0) continue;
    double t = da / (da - db);
    if (da >= 0) low = t > low ? t : low;
    else high = t < high ? t : high;
    if (low >= high) return false;
  }
  return true;
}

bool convex_contains(const struct halfplane *h, int n, const double p[2]) {
  for (int i = 0; i < n; i++)
    if (h[i].n[0] * p[0] + h[i].n[1] * p[1] >= h[i].c) return false;
  return true;
}

// unit vector half-way between two outward normals of a left turn
static void half_way(const double n0[2], const double n1[2], double out[2]) {
  double x = n0[0] + n1[0], y = n0[1] + n1[1];
  if (n0[0] * n1[0] + n0[1] * n1[1] < -0.5) {
    // sharp corner: the sum is short; the edge directions (-n.y, n.x) differ along the same line
    x = n1[1] - n0[1];
    y = n0[0] - n1[0];
  }
  double l = m_sqrt(x * x + y * y);
  out[0] = x / l;
  out[1] = y / l;
}

int corner_normals(const double n0[2], const double n1[2], double out[CORNER_NORMALS_MAX][2]) {
  double dot = n0[0] * n1[0] + n0[1] * n1[1];
  int n = dot >= 0.70710678118654752 - 1e-9 ? 2 : dot >= -1e-9 ? 3 : 5;
  for (int k = 0; k < 2; k++) {
    out[0][k] = n0[k];
    out[n - 1][k] = n1[k];
  }
  if (n > 2) half_way(n0, n1, out[n / 2]);
  if (n > 3) {
    half_way(out[0], out[2], out[1]);
    half_way(out[2], out[4], out[3]);
  }
  return n;
}

void corner_point(const double v[2], const double na[2], const double nb[2], double r, double out[2]) {
  double s = r / (1 + na[0] * nb[0] + na[1] * nb[1]);
  out[0] = v[0] + s * (na[0] + nb[0]);
  out[1] = v[1] + s * (na[1] + nb[1]);
}
