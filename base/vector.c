#include "base/vector.h"

#include <assert.h>

struct m3 m3_transpose(struct m3 a) {
  const double *m = a.m;
  return (struct m3){{m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]}};
}

struct m3 m3_rotation_x(double angle) {
  double s, c;
  m_sincos(angle, &s, &c);
  return (struct m3){{1, 0, 0, 0, c, -s, 0, s, c}};
}

struct m3 m3_rotation_y(double angle) {
  double s, c;
  m_sincos(angle, &s, &c);
  return (struct m3){{c, 0, s, 0, 1, 0, -s, 0, c}};
}

struct m3 m3_rotation_z(double angle) {
  double s, c;
  m_sincos(angle, &s, &c);
  return (struct m3){{c, -s, 0, s, c, 0, 0, 0, 1}};
}

struct m3 m3_rotation_rpy(double roll, double pitch, double yaw) {
  return m3_product(m3_rotation_z(yaw), m3_product(m3_rotation_y(pitch), m3_rotation_x(roll)));
}

struct m3 m3_rotation_axis(struct v3 a, double angle) {
  double s, c;
  m_sincos(angle, &s, &c);
  double t = 1 - c;
  return (struct m3){{t * a.x * a.x + c,       t * a.x * a.y - s * a.z, t * a.x * a.z + s * a.y,
                      t * a.x * a.y + s * a.z, t * a.y * a.y + c,       t * a.y * a.z - s * a.x,
                      t * a.x * a.z - s * a.y, t * a.y * a.z + s * a.x, t * a.z * a.z + c}};
}

struct m3 m3_of_quaternion(struct quaternion q) {
  double square = q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z;
  assert(square > 0);
  double s = 2 / square;
  double xx = s * q.x * q.x, yy = s * q.y * q.y, zz = s * q.z * q.z;
  double xy = s * q.x * q.y, xz = s * q.x * q.z, yz = s * q.y * q.z;
  double wx = s * q.w * q.x, wy = s * q.w * q.y, wz = s * q.w * q.z;
  return (struct m3){{1 - (yy + zz), xy - wz, xz + wy, xy + wz, 1 - (xx + zz), yz - wx, xz - wy, yz + wx, 1 - (xx + yy)}};
}

// The largest of the four is found first, the others from sums and differences. Shepperd 1978.
struct quaternion quaternion_of_m3(const struct m3 *r) {
  const double *m = r->m;
  double trace = m[0] + m[4] + m[8];
  struct quaternion q;
  if (trace >= m[0] && trace >= m[4] && trace >= m[8]) q = (struct quaternion){1 + trace, m[7] - m[5], m[2] - m[6], m[3] - m[1]};
  else if (m[0] >= m[4] && m[0] >= m[8])               q = (struct quaternion){m[7] - m[5], 1 + m[0] - m[4] - m[8], m[1] + m[3], m[2] + m[6]};
  else if (m[4] >= m[8])                               q = (struct quaternion){m[2] - m[6], m[1] + m[3], 1 - m[0] + m[4] - m[8], m[5] + m[7]};
  else                                                 q = (struct quaternion){m[3] - m[1], m[2] + m[6], m[5] + m[7], 1 - m[0] - m[4] + m[8]};
  double length = m_sqrt(q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z);
  double s = (q.w < 0 ? -1 : 1) / length;
  return (struct quaternion){q.w * s, q.x * s, q.y * s, q.z * s};
}
