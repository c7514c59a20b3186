// Vectors, choices and angles over a number type, for every kernel and width. No branch depends on a number: both sides are computed and a mask chooses.
#pragma once

#include "base/vector.h"
#include "robots/sincos_kernel.h"

struct lane_vector { REAL x, y, z; };
struct lane_matrix { REAL m[9]; };                                     // row-major

TARGET static inline REAL lane_choose(INTEGER mask, REAL yes, REAL no) {
  return BITS_REAL((REAL_BITS(yes) & mask) | (REAL_BITS(no) & ~mask));
}
TARGET static inline REAL lane_root(REAL x) {
  return REAL_SQRT(lane_choose(REAL_LESS(REAL_OF(0.0), x), x, REAL_OF(0.0)));
}
TARGET static inline struct lane_vector lane_of(struct v3 a) {
  return (struct lane_vector){REAL_OF(a.x), REAL_OF(a.y), REAL_OF(a.z)};
}
TARGET static inline struct lane_vector lane_add(struct lane_vector a, struct lane_vector b) {
  return (struct lane_vector){a.x + b.x, a.y + b.y, a.z + b.z};
}
TARGET static inline struct lane_vector lane_sub(struct lane_vector a, struct lane_vector b) {
  return (struct lane_vector){a.x - b.x, a.y - b.y, a.z - b.z};
}
TARGET static inline struct lane_vector lane_scale(struct lane_vector a, REAL s) {
  return (struct lane_vector){a.x * s, a.y * s, a.z * s};
}
TARGET static inline REAL lane_dot(struct lane_vector a, struct lane_vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
TARGET static inline struct lane_vector lane_cross(struct lane_vector a, struct lane_vector b) {
  return (struct lane_vector){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
TARGET static inline struct lane_vector lane_apply(const struct lane_matrix *r, struct lane_vector p) {
  const REAL *m = r->m;
  return (struct lane_vector){m[0] * p.x + m[1] * p.y + m[2] * p.z, m[3] * p.x + m[4] * p.y + m[5] * p.z, m[6] * p.x + m[7] * p.y + m[8] * p.z};
}
TARGET static inline struct lane_vector lane_apply_inverse(const struct lane_matrix *r, struct lane_vector p) {
  const REAL *m = r->m;
  return (struct lane_vector){m[0] * p.x + m[3] * p.y + m[6] * p.z, m[1] * p.x + m[4] * p.y + m[7] * p.z, m[2] * p.x + m[5] * p.y + m[8] * p.z};
}

// p turned about the unit vector a, from the angle's sine and cosine. Rodrigues.
TARGET static inline struct lane_vector lane_turned(struct lane_vector a, REAL s, REAL c, struct lane_vector p) {
  REAL along = lane_dot(a, p) * (1.0 - c);
  struct lane_vector across = lane_cross(a, p);
  return (struct lane_vector){p.x * c + across.x * s + a.x * along, p.y * c + across.y * s + a.y * along, p.z * c + across.z * s + a.z * along};
}

// Angle of (x, y) within 2.4 ulp. The lesser coordinate over the greater is the tangent t <= 1; above tan(pi/8) it is less pi/4, whose
// tangent (t - 1) / (t + 1) needs no second division. The polynomial of degree 23 is that of Sun's fdlibm (1993). (0, 0) gives 0.
TARGET static inline REAL lane_angle(REAL y, REAL x) {
  const long long sign = -0x7fffffffffffffffll - 1;
  REAL zero = REAL_OF(0.0), ax = BITS_REAL(REAL_BITS(x) & ~sign), ay = BITS_REAL(REAL_BITS(y) & ~sign);
  INTEGER steep = REAL_LESS(ax, ay);
  REAL low = lane_choose(steep, ax, ay), high = lane_choose(steep, ay, ax);
  INTEGER upper = REAL_LESS(high * 0.41421356237309503, low);
  REAL below = lane_choose(upper, low + high, lane_choose(REAL_LESS(zero, high), high, REAL_OF(1.0)));
  REAL u = lane_choose(upper, low - high, low) / below, z = u * u;
  REAL even = 3.33333333333329318027e-01 + z * (-1.99999999998764832476e-01 + z * (1.42857142725034663711e-01 +
              z * (-1.11111104054623557880e-01 + z * (9.09088713343650656196e-02 + z * (-7.69187620504482999495e-02 +
              z * (6.66107313738753120669e-02 + z * (-5.83357013379057348645e-02 + z * (4.97687799461593236017e-02 +
              z * (-3.65315727442169155270e-02 + z * 1.62858201153657823623e-02)))))))));
  REAL a = lane_choose(upper, REAL_OF(M_PI_D / 4), zero) + (u - u * (z * even));
  a = lane_choose(steep, M_PI_D / 2 - a, a);
  a = lane_choose(REAL_LESS(x, zero), M_PI_D - a, a);
  return BITS_REAL(REAL_BITS(a) ^ (REAL_LESS(y, zero) & sign));
}
