#include "robots/actuator.h"

#define LANES 1
#define KERNEL(name) name##_1
#include "robots/drives_kernel.h"

struct actuator_power actuator_power(const struct actuator *a, double tau, double w, double dw, double warm) {
  struct power_1 p;
  drive_1(&p, a, &tau, &w, &dw, &warm);
  return (struct actuator_power){
    .electrical = p.electrical, .mechanical = p.mechanical, .copper = p.copper, .gear = p.gear, .friction = p.friction,
    .inverter = p.inverter, .rotor = p.rotor, .motor_torque = p.motor_torque,
  };
}
