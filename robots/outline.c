#include "robots/outline.h"

#include <assert.h>
#include <math.h>

#include "base/maths.h"

struct outline outline_circle(double x, double y, double radius) { return (struct outline){.middle = {x, y}, .radius = radius}; }

struct outline outline_polygon(double x, double y, double yaw, const double (*corner)[2], int corners) {
  assert(corners >= 3 && corners <= OUTLINE_CORNERS_MAX);
  struct outline o = {.corners = corners, .middle = {x, y}};
  double s, c, far = 0;
  m_sincos(yaw, &s, &c);
  for (int i = 0; i < corners; i++) {
    double px = corner[i][0], py = corner[i][1], square = px * px + py * py;
    o.corner[i][0] = x + c * px - s * py;
    o.corner[i][1] = y + s * px + c * py;
    far = square > far ? square : far;
  }
  o.radius = m_sqrt(far);
  return o;
}

struct outline outline_block(double x, double y, double ux, double uy, double length, double width) {
  double ax = ux * length / 2, ay = uy * length / 2, bx = -uy * width / 2, by = ux * width / 2;
  return (struct outline){.corners = 4, .middle = {x, y}, .radius = m_sqrt(length * length + width * width) / 2,
                          .corner = {{x - ax - bx, y - ay - by}, {x + ax - bx, y + ay - by}, {x + ax + bx, y + ay + by}, {x - ax + bx, y - ay + by}}};
}

struct outline outline_rectangle(double x, double y, double yaw, double length, double width) {
  double sine, cosine;
  m_sincos(yaw, &sine, &cosine);
  return outline_block(x, y, cosine, sine, length, width);
}

bool outline_is_convex(const double (*corner)[2], int corners) {
  if (corners < 3 || corners > OUTLINE_CORNERS_MAX) return false;
  for (int i = 0; i < corners; i++) {
    const double *a = corner[i], *b = corner[(i + 1) % corners];
    if (!(isfinite(a[0]) && isfinite(a[1]))) return false;
    if (!(a[0] * b[1] - a[1] * b[0] > 0)) return false;     // the origin is to the left of every side
    for (int k = 0; k < corners; k++) {
      const double *c = corner[k];
      if (k != i && k != (i + 1) % corners && !((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0)) return false;
    }
  }
  return true;
}

// Does a side of a have all of b beyond it?
static bool apart(const struct outline *a, const struct outline *b) {
  for (int i = 0; i < a->corners; i++) {
    const double *p = a->corner[i], *q = a->corner[(i + 1) % a->corners];
    double nx = q[1] - p[1], ny = p[0] - q[0], nearest = INFINITY;
    for (int k = 0; k < b->corners; k++) {
      double d = nx * (b->corner[k][0] - p[0]) + ny * (b->corner[k][1] - p[1]);
      nearest = d < nearest ? d : nearest;
    }
    if (b->corners == 0) nearest = nx * (b->middle[0] - p[0]) + ny * (b->middle[1] - p[1]) - b->radius * m_sqrt(nx * nx + ny * ny);
    if (nearest >= 0) return true;
  }
  return false;
}

// Is every corner farther from the circle's middle than its radius along the line to the nearest corner?
static bool corner_apart(const struct outline *polygon, const struct outline *circle) {
  double best = INFINITY, nx = 0, ny = 0;
  for (int i = 0; i < polygon->corners; i++) {
    double x = polygon->corner[i][0] - circle->middle[0], y = polygon->corner[i][1] - circle->middle[1], square = x * x + y * y;
    if (square < best) best = square, nx = x, ny = y;
  }
  double length = m_sqrt(best);
  if (length == 0) return false;
  for (int i = 0; i < polygon->corners; i++)
    if (nx * (polygon->corner[i][0] - circle->middle[0]) + ny * (polygon->corner[i][1] - circle->middle[1]) < circle->radius * length) return false;
  return true;
}

bool outlines_overlap(const struct outline *a, const struct outline *b) {
  double x = a->middle[0] - b->middle[0], y = a->middle[1] - b->middle[1], reach = a->radius + b->radius;
  if (x * x + y * y >= reach * reach) return false;
  if (apart(a, b) || apart(b, a)) return false;
  if (a->corners > 0 && b->corners == 0) return !corner_apart(a, b);
  if (b->corners > 0 && a->corners == 0) return !corner_apart(b, a);
  return true;
}

bool outline_holds(const struct outline *room, const struct outline *polygon) {
  assert(polygon->corners > 0);
  for (int k = 0; k < polygon->corners; k++) {
    const double *c = polygon->corner[k];
    double x = c[0] - room->middle[0], y = c[1] - room->middle[1];
    if (room->corners == 0 && x * x + y * y > room->radius * room->radius) return false;
    for (int i = 0; i < room->corners; i++) {
      const double *p = room->corner[i], *q = room->corner[(i + 1) % room->corners];
      if ((q[0] - p[0]) * (c[1] - p[1]) - (q[1] - p[1]) * (c[0] - p[0]) < 0) return false;
    }
  }
  return true;
}

// ---- a line through it ----------------------------------------------------------------------------------------------

static bool chord_of_circle(const struct outline *o, const double *p, const double *d, struct outline_chord *out) {
  double x = o->middle[0] - p[0], y = o->middle[1] - p[1], ahead = x * d[0] + y * d[1], beside = x * d[1] - y * d[0], half2 = o->radius * o->radius - beside * beside;
  if (!(half2 > 0)) return false;
  for (int i = 0; i < 2; i++) {
    double at = ahead + (i ? 1 : -1) * m_sqrt(half2);
    for (int k = 0; k < 2; k++) {
      out->point[i][k] = p[k] + at * d[k];
      out->normal[i][k] = (o->middle[k] - out->point[i][k]) / o->radius;
    }
  }
  return true;
}

// Clipped by each side in turn (Cyrus & Beck 1978).
bool outline_chord(const struct outline *o, const double *p, const double *d, struct outline_chord *out) {
  if (o->corners == 0) return chord_of_circle(o, p, d, out);
  double at[2] = {-INFINITY, INFINITY};
  for (int i = 0; i < o->corners; i++) {
    const double *a = o->corner[i], *b = o->corner[(i + 1) % o->corners];
    double nx = a[1] - b[1], ny = b[0] - a[0], length = m_sqrt(nx * nx + ny * ny);
    double inside = nx * (p[0] - a[0]) + ny * (p[1] - a[1]), speed = nx * d[0] + ny * d[1];
    if (speed == 0 && inside <= 0) return false;
    if (speed == 0) continue;
    int end = speed > 0 ? 0 : 1;                            // comes in, or goes out, through this side
    double t = -inside / speed;
    if (end == 0 ? t <= at[0] : t >= at[1]) continue;
    at[end] = t;
    out->normal[end][0] = nx / length, out->normal[end][1] = ny / length;
  }
  if (!(at[0] < at[1])) return false;
  for (int i = 0; i < 2; i++)
    for (int k = 0; k < 2; k++) out->point[i][k] = p[k] + at[i] * d[k];
  return true;
}
