// Vectors and rotations in space, as plain values.
//
// A rotation R is a row-major 3 x 3 matrix that takes coordinates of the inner frame to the outer
// one: p_outer = R p_inner + origin. Quaternions are (w, x, y, z), Hamilton's product.
#pragma once

#include "base/maths.h"

struct v3 { double x, y, z; };
struct m3 { double m[9]; };         // row-major
struct quaternion { double w, x, y, z; };

static inline struct v3 v3(double x, double y, double z) { return (struct v3){x, y, z}; }
static inline struct v3 v3_add(struct v3 a, struct v3 b) { return v3(a.x + b.x, a.y + b.y, a.z + b.z); }
static inline struct v3 v3_sub(struct v3 a, struct v3 b) { return v3(a.x - b.x, a.y - b.y, a.z - b.z); }
static inline struct v3 v3_scale(struct v3 a, double s) { return v3(a.x * s, a.y * s, a.z * s); }
static inline struct v3 v3_mul_add(struct v3 a, struct v3 b, double s) { return v3(a.x + b.x * s, a.y + b.y * s, a.z + b.z * s); }
static inline double    v3_dot(struct v3 a, struct v3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static inline struct v3 v3_cross(struct v3 a, struct v3 b) { return v3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x); }
static inline double    v3_norm(struct v3 a) { return m_sqrt(v3_dot(a, a)); }

static inline struct m3 m3_identity(void) { return (struct m3){{1, 0, 0, 0, 1, 0, 0, 0, 1}}; }
static inline struct v3 m3_apply(const struct m3 *r, struct v3 p) {
  const double *m = r->m;
  return v3(m[0] * p.x + m[1] * p.y + m[2] * p.z, m[3] * p.x + m[4] * p.y + m[5] * p.z, m[6] * p.x + m[7] * p.y + m[8] * p.z);
}
// the transpose, which is a rotation's inverse, applied
static inline struct v3 m3_apply_inverse(const struct m3 *r, struct v3 p) {
  const double *m = r->m;
  return v3(m[0] * p.x + m[3] * p.y + m[6] * p.z, m[1] * p.x + m[4] * p.y + m[7] * p.z, m[2] * p.x + m[5] * p.y + m[8] * p.z);
}

// a b
static inline struct m3 m3_product(struct m3 a, struct m3 b) {
  const double *m = a.m, *n = b.m;
  return (struct m3){{m[0] * n[0] + m[1] * n[3] + m[2] * n[6], m[0] * n[1] + m[1] * n[4] + m[2] * n[7], m[0] * n[2] + m[1] * n[5] + m[2] * n[8],
                      m[3] * n[0] + m[4] * n[3] + m[5] * n[6], m[3] * n[1] + m[4] * n[4] + m[5] * n[7], m[3] * n[2] + m[4] * n[5] + m[5] * n[8],
                      m[6] * n[0] + m[7] * n[3] + m[8] * n[6], m[6] * n[1] + m[7] * n[4] + m[8] * n[7], m[6] * n[2] + m[7] * n[5] + m[8] * n[8]}};
}

struct m3 m3_transpose(struct m3 a);
struct m3 m3_rotation_x(double angle);
struct m3 m3_rotation_y(double angle);
struct m3 m3_rotation_z(double angle);
struct m3 m3_rotation_rpy(double roll, double pitch, double yaw);    // URDF: Rz(yaw) Ry(pitch) Rx(roll)
struct m3 m3_rotation_axis(struct v3 unit_axis, double angle);       // Rodrigues
struct m3 m3_of_quaternion(struct quaternion q);                     // q need not be of unit length, not zero
struct quaternion quaternion_of_m3(const struct m3 *r);              // unit length, w >= 0
