// Drives that several tests use: figures of no robot, chosen so that every term counts.
#pragma once

#include "robots/actuator.h"

static inline struct actuator example_actuator(void) {
  return (struct actuator){
    .km = 8, .rotor_inertia = 0.14, .coulomb = 1.6, .viscous = 0.15, .forward = 0.88, .backward = 0.8, .torque_peak = 300, .speed_max = 12,
    .inverter = 0.03, .drive = 1, .winding_capacity = 100, .housing_capacity = 1000, .winding_resistance = 0.5, .housing_resistance = 1.25,
    .winding_limit = 120, .copper_coefficient = 0.0039, .rated_torque = 125, .life = 1e7, .weibull = 1.5,
  };
}
