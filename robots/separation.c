#include "robots/separation.h"

#include "base/maths.h"

struct separation separation_defaults(void) {
  return (struct separation){.person_speed = 1.6, .person_accel = 2.0, .reaction = 0.1, .braking = 3.0, .intrusion = 0, .uncertainty = 0.1, .creep = 0.2};
}

static double seen(const struct separation *s, double approach) { return approach < 0 ? 0 : approach > s->person_speed ? s->person_speed : approach; }

double separation_distance(const struct separation *s, double approach, double speed) {
  double stop = speed / s->braking, time = s->reaction + stop, v = seen(s, approach), most = (s->person_speed - v) / s->person_accel;
  double way = time < most ? v * time + s->person_accel * time * time / 2 : v * most + s->person_accel * most * most / 2 + s->person_speed * (time - most);
  return way + speed * s->reaction + speed * stop / 2 + s->intrusion + s->uncertainty;
}

// The larger root of p v^2 + q v = c, 0 where there is none above 0.
static double root(double p, double q, double c) { return c <= 0 ? 0 : (m_sqrt(q * q + 4 * p * c) - q) / (2 * p); }

// With T = T_r + v / a: while the person speeds up, S = v_h T + g T^2 / 2 + v T_r + v^2 / (2 a) + C + Z; above the speed of the robot at which the person walks with the
// most by then, S goes on with that.
double separation_speed(const struct separation *s, double approach, double distance) {
  double v = seen(s, approach), a = s->braking, g = s->person_accel, tr = s->reaction, most = (s->person_speed - v) / g, left = distance - s->intrusion - s->uncertainty;
  if (most > tr) {
    double slow = root(g / (2 * a * a) + 1 / (2 * a), v / a + g * tr / a + tr, left - v * tr - g * tr * tr / 2);
    if (slow <= (most - tr) * a) return slow;
  }
  return root(1 / (2 * a), tr + s->person_speed / a, left - v * most - g * most * most / 2 - s->person_speed * (tr - most));
}

double separation_walk(const struct separation *s, double approach, bool stands, double distance) {
  double speed = separation_speed(s, approach, distance);
  return stands && speed < s->creep ? s->creep : speed;
}
