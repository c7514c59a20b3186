#include "robots/rod.h"

#include "base/maths.h"

static double clamp(double x) { return x < 0 ? 0 : x > 1 ? 1 : x; }

double rods_apart(const struct rod *p, const struct rod *q) {
  struct v3 u = v3_sub(p->b, p->a), v = v3_sub(q->b, q->a), w = v3_sub(q->a, p->a);
  double uu = v3_dot(u, u), vv = v3_dot(v, v), uv = v3_dot(u, v), uw = v3_dot(u, w), vw = v3_dot(v, w), square = uu * vv - uv * uv;
  // p->a + s u and q->a + t v; parallel ones from p's beginning
  double s = square > 1e-12 * uu * vv ? clamp((uw * vv - vw * uv) / square) : 0, t = vv > 0 ? (s * uv - vw) / vv : 0;
  if (t < 0 || t > 1 || !(vv > 0)) t = clamp(t), s = uu > 0 ? clamp((uw + t * uv) / uu) : 0;
  return v3_norm(v3_sub(v3_mul_add(p->a, u, s), v3_mul_add(q->a, v, t))) - p->radius - q->radius;
}
