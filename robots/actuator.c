#include "robots/actuator.h"

#define HOLD_SPEED 0.05             // rad/s, under which static friction carries part of the load

static double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }
static double size(double x) { return x < 0 ? -x : x; }

struct actuator_power actuator_power(const struct actuator *a, double tau, double w, double dw, double warm) {
  // moving: friction is added, then the gear takes its share from whoever drives
  double friction_torque = a->coulomb * sign(w) + a->viscous * w;
  double output = tau + friction_torque;
  double moving = output * w >= 0 ? output / a->forward : output * a->backward;

  // standing: static friction holds up to its own size; blended in below HOLD_SPEED, so that power has no step
  double held = size(tau) * a->backward - a->coulomb;
  double standing = held > 0 ? sign(tau) * held : 0;
  double share = size(w) < HOLD_SPEED ? size(w) / HOLD_SPEED : 1;
  double geared = share < 1 ? standing + (moving - standing) * share : moving;

  struct actuator_power p;
  p.motor_torque = geared + a->rotor_inertia * dw;
  p.mechanical = tau * w;
  p.rotor = a->rotor_inertia * dw * w;
  p.copper = p.motor_torque / a->km * (p.motor_torque / a->km) * warm;
  p.gear = share < 1 ? (moving - output) * w * share : (moving - output) * w;
  p.friction = share < 1 ? geared * w - p.mechanical - p.gear : friction_torque * w;   // below HOLD_SPEED: what is left over
  double drawn = p.motor_torque * w + p.copper;
  p.inverter = a->inverter * size(drawn);
  p.electrical = drawn + p.inverter;
  return p;
}
