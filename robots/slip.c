#include "robots/slip.h"

#include <assert.h>

#include "base/maths.h"
#include "robots/dynamics.h"

#define STEP       0.125            // of sqrt(m / k)
#define STEPS_MAX  80               // of stance: ten sqrt(m / k); half a free swing of the spring takes pi
#define ORDERS     6                // midpoint rules of 2, 4 .. 12 substeps, extrapolated: order 12
#define NEWTON_MAX 40

static struct slip_state rate(const struct slip *s, struct slip_state a) {
  double r = m_sqrt(a.x * a.x + a.y * a.y), push = s->stiffness / s->mass * (s->length / r - 1);
  return (struct slip_state){a.vx, a.vy, push * a.x, push * a.y - GRAVITY};
}

static struct slip_state along(struct slip_state a, double h, struct slip_state d) {
  return (struct slip_state){a.x + h * d.x, a.y + h * d.y, a.vx + h * d.vx, a.vy + h * d.vy};
}

// n substeps of the modified midpoint rule with Gragg's smoothing; its error is a series in h^2
static struct slip_state midpoint(const struct slip *s, struct slip_state a, double t, int n) {
  double h = t / n;
  struct slip_state before = a, now = along(a, h, rate(s, a));
  for (int i = 1; i < n; i++) {
    struct slip_state next = along(before, 2 * h, rate(s, now));
    before = now, now = next;
  }
  struct slip_state last = along(before, h, rate(s, now));
  return (struct slip_state){(now.x + last.x) / 2, (now.y + last.y) / 2, (now.vx + last.vx) / 2, (now.vy + last.vy) / 2};
}

// Neville's scheme on h^2 to 0
static struct slip_state step(const struct slip *s, struct slip_state a, double t) {
  struct slip_state row[ORDERS];
  for (int i = 0; i < ORDERS; i++) {
    row[i] = midpoint(s, a, t, 2 * (i + 1));
    for (int j = i - 1; j >= 0; j--) {
      double ratio = (double)(i + 1) / (j + 1), f = 1 / (ratio * ratio - 1);
      row[j] = (struct slip_state){row[j + 1].x + f * (row[j + 1].x - row[j].x), row[j + 1].y + f * (row[j + 1].y - row[j].y),
        row[j + 1].vx + f * (row[j + 1].vx - row[j].vx), row[j + 1].vy + f * (row[j + 1].vy - row[j].vy)};
    }
  }
  return row[0];
}

static double time_unit(const struct slip *s) {
  assert(s->mass > 0);
  assert(s->stiffness > 0);
  assert(s->length > 0);
  return m_sqrt(s->mass / s->stiffness);
}

struct slip_state slip_stance(const struct slip *s, struct slip_state a, double t) {
  double h = STEP * time_unit(s), whole = m_floor(t / h);
  assert(t >= 0);
  assert(whole < 1e6);
  for (int i = 0; i < (int)whole; i++) a = step(s, a, h);
  return step(s, a, t - whole * h);
}

static double leg(struct slip_state a) { return m_sqrt(a.x * a.x + a.y * a.y); }
static double leg_rate(struct slip_state a) { return (a.x * a.vx + a.y * a.vy) / leg(a); }

bool slip_lift(const struct slip *s, struct slip_state a, double *t, struct slip_state *lift) {
  double h = STEP * time_unit(s);
  for (int i = 0; i < STEPS_MAX; i++) {
    struct slip_state b = step(s, a, h);
    if (!(b.y > 0)) return false;
    if (leg(b) >= s->length && leg_rate(b) > 0) {
      // the leg is l somewhere in this step
      double part = h;
      for (int k = 0; k < NEWTON_MAX; k++) {
        double off = leg(b) - s->length;
        part -= off / leg_rate(b);
        b = step(s, a, part);
        if (off <= 1e-15 * s->length && off >= -1e-15 * s->length) break;
      }
      *t = i * h + part;
      *lift = b;
      return true;
    }
    a = b;
  }
  return false;
}

double slip_energy(const struct slip *s, struct slip_state a) {
  double short_by = s->length - leg(a);
  return (a.vx * a.vx + a.vy * a.vy) / 2 + GRAVITY * a.y + s->stiffness * short_by * short_by / (2 * s->mass);
}

// time of the shortest leg in stance and the compression there; Newton on the leg's rate from the sign change's step
static double compression(const struct slip *s, struct slip_state a, double contact) {
  double h = STEP * time_unit(s);
  for (double t = 0; t < contact; t += h) {
    struct slip_state b = step(s, a, h);
    if (leg_rate(b) < 0) {
      a = b;
      continue;
    }
    double low = 0, high = h;
    while (high - low > 1e-9 * h) {                                  // the leg's length is flat there: 1e-9 is plenty
      double mid = (low + high) / 2;
      if (leg_rate(step(s, a, mid)) < 0) low = mid;
      else high = mid;
    }
    return s->length - leg(step(s, a, low));
  }
  return 0;
}

bool slip_apex(const struct slip *s, double y, double v, double angle, struct slip_step *out) {
  double sine, cosine;
  m_sincos(angle, &sine, &cosine);
  double drop = y - s->length * sine;
  if (!(drop >= 0)) return false;
  struct slip_step r = {.descent = m_sqrt(2 * drop / GRAVITY)};
  r.land = (struct slip_state){-s->length * cosine, s->length * sine, v, -GRAVITY * r.descent};
  if (leg_rate(r.land) >= 0 || !slip_lift(s, r.land, &r.contact, &r.lift)) return false;
  if (r.lift.vx <= 0 || r.lift.vy < 0) return false;
  r.ascent = r.lift.vy / GRAVITY;
  r.apex_y = r.lift.y + r.lift.vy * r.lift.vy / (2 * GRAVITY);
  r.apex_v = r.lift.vx;
  r.period = r.descent + r.contact + r.ascent;
  r.length = v * r.descent + r.lift.x - r.land.x + r.apex_v * r.ascent;
  r.duty = r.contact / (2 * r.period);
  r.compression = compression(s, r.land, r.contact);
  r.peak_force = s->stiffness * r.compression;
  *out = r;
  return true;
}

// From the middle of stance, leg upright and compressed by c, speed v there, to lift-off: what is wrong with
// the upward speed there and with the mean speed of the step.
static bool half_step(const struct slip *s, double speed, double flight, double c, double v, double wrong[2], double *t, struct slip_state *lift) {
  if (!slip_lift(s, (struct slip_state){0, s->length - c, v, 0}, t, lift)) return false;
  wrong[0] = lift->vy - GRAVITY * flight / 2;
  wrong[1] = (2 * lift->x + lift->vx * flight) / (2 * *t + flight) - speed;
  return true;
}

// what Newton's method turns to meet the two: compression and speed, or stiffness and speed
static bool jog(struct slip *s, double speed, double flight, double c, bool soft, double *angle, struct slip_step *out) {
  double v = speed, t, wrong[2], other[2];
  struct slip_state lift;
  double *turn = soft ? &s->stiffness : &c;
  for (int k = 0; k < NEWTON_MAX; k++) {
    if (!(c > 0 && c < s->length / 2 && s->stiffness > 0 && v > 0)) return false;
    if (!half_step(s, speed, flight, c, v, wrong, &t, &lift)) return false;
    double off = wrong[0] * wrong[0] + wrong[1] * wrong[1];
    if (off < 1e-26 * speed * speed) break;
    // differences are good enough for the slope of Newton's method
    double keep = *turn, du = 1e-6 * keep, dv = 1e-6 * v;
    *turn = keep + du;
    if (!half_step(s, speed, flight, c, v, other, &t, &lift)) return false;
    double a = (other[0] - wrong[0]) / du, b = (other[1] - wrong[1]) / du;
    *turn = keep;
    if (!half_step(s, speed, flight, c, v + dv, other, &t, &lift)) return false;
    double p = (other[0] - wrong[0]) / dv, q = (other[1] - wrong[1]) / dv, det = a * q - b * p;
    if (!(det > 0 || det < 0)) return false;
    double step_u = -(wrong[0] * q - wrong[1] * p) / det, step_v = -(a * wrong[1] - b * wrong[0]) / det;
    // not more than half way to zero at once
    double most = step_u < 0 ? -step_u / keep : step_u / keep, shorter = most > 0.5 ? 0.5 / most : 1;
    *turn = keep + shorter * step_u;
    v += shorter * step_v;
  }
  if (!half_step(s, speed, flight, c, v, wrong, &t, &lift)) return false;
  if (wrong[0] * wrong[0] + wrong[1] * wrong[1] > 1e-22 * speed * speed || lift.vx <= 0) return false;
  *angle = m_atan2(lift.y, lift.x);
  *out = (struct slip_step){.apex_y = lift.y + GRAVITY * flight * flight / 8, .apex_v = lift.vx, .descent = flight / 2, .contact = 2 * t,
    .ascent = flight / 2, .period = 2 * t + flight, .length = 2 * lift.x + lift.vx * flight, .duty = t / (2 * t + flight),
    .compression = c, .peak_force = s->stiffness * c, .land = {-lift.x, lift.y, lift.vx, -lift.vy}, .lift = lift};
  return true;
}

bool slip_jog(const struct slip *s, double speed, double flight, double *angle, struct slip_step *out) {
  assert(speed > 0);
  assert(flight >= 0);
  // as a mass thrown up and down on the spring: k c = m g + sqrt((m g)^2 + k m vy^2)
  double weight = s->mass * GRAVITY, up = GRAVITY * flight / 2;
  struct slip own = *s;
  return jog(&own, speed, flight, (weight + m_sqrt(weight * weight + s->stiffness * s->mass * up * up)) / s->stiffness, false, angle, out);
}

bool slip_jog_compressed(struct slip *s, double speed, double flight, double compression, double *angle, struct slip_step *out) {
  assert(speed > 0);
  assert(flight >= 0);
  assert(compression > 0);
  // k c^2 / 2 = m g c + m vy^2 / 2
  double up = GRAVITY * flight / 2;
  s->stiffness = 2 * s->mass * (GRAVITY * compression + up * up / 2) / (compression * compression);
  return jog(s, speed, flight, compression, true, angle, out);
}

double froude_speed(double froude, double leg_length) { return m_sqrt(froude * GRAVITY * leg_length); }
