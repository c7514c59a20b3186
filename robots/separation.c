#include "robots/separation.h"

#include "base/maths.h"

struct separation separation_defaults(void) {
  return (struct separation){.person_speed = 1.6, .reaction = 0.1, .braking = 3.0, .intrusion = 0, .uncertainty = 0.1};
}

double separation_distance(const struct separation *s, double speed) {
  double stop = speed / s->braking;
  return s->person_speed * (s->reaction + stop) + speed * s->reaction + speed * stop / 2 + s->intrusion + s->uncertainty;
}

// v^2 / (2 a) + v (T_r + v_h / a) + v_h T_r + C + Z - d = 0
double separation_speed(const struct separation *s, double distance) {
  double c = distance - s->person_speed * s->reaction - s->intrusion - s->uncertainty, b = s->reaction + s->person_speed / s->braking;
  if (c <= 0) return 0;
  return s->braking * (m_sqrt(b * b + 2 * c / s->braking) - b);
}
