// One joint's drive: motor, gear and inverter, from joint torque and speed to electrical power and heat.
//
// All constants are referred to the joint. With w the joint's speed (rad/s) and tau the torque that inverse
// dynamics asks of the joint:
//   gear output   tj = tau + coulomb sgn(w) + viscous w
//   motor         tm = (tj w >= 0 ? tj / forward : tj backward) + rotor_inertia dw/dt
//   standing      static friction holds part of the load, tm -> sgn(tau) max(|tau| backward - coulomb, 0) + rotor_inertia dw/dt;
//                 below 0.05 rad/s the two are blended in proportion to |w|, so that nothing steps
//   electrical    P  = (tm w + (tm / km)^2) (1 + inverter |.|)            the square is copper loss
// Losses are split so that electrical = mechanical + copper + gear + friction + inverter + change of rotor energy. In the blend
// friction is what closes that balance: while the joint creeps along with its load it can be negative, by at most |tau w|.
#pragma once

#define ACTUATOR_HOLD_SPEED 0.05    // rad/s

struct actuator {
  double km;                        // N m / sqrt(W)  motor constant: torque from copper loss
  double rotor_inertia;             // kg m2
  double coulomb, viscous;          // N m, N m s
  double forward, backward;         // 1   gear efficiency when the motor drives, when the load drives
  double torque_peak;               // N m
  double speed_max;                 // rad/s
  double inverter;                  // 1   share of |power| lost
  double drive;                     // W   electronics of the drive while it is enabled
  // heat: winding -> housing -> air
  double winding_capacity, housing_capacity;          // J/K
  double winding_resistance, housing_resistance;      // K/W  winding to housing, housing to air
  double winding_limit;             // degC  torque is derated linearly over the last 20 K below it
  double copper_coefficient;        // 1/K   of resistance with temperature, 0.0039
  // wear: Palmgren-Miner on torque-cubed revolutions (ISO 281), life read as a Weibull scale
  double rated_torque;              // N m   at which `life` is meant
  double life;                      // rev   L10 at the rated torque
  double weibull;                   // 1     shape
};

struct actuator_power {
  double electrical;                // W   drawn from the bus; negative: given back
  double mechanical;                // W   tau w, delivered to the body
  double copper, gear, friction, inverter, rotor;     // W   rotor: rate of change of its kinetic energy
  double motor_torque;              // N m at the joint side, all losses and the rotor included
};

// warm: factor on copper loss for the winding's temperature (1 at 25 degC).
struct actuator_power actuator_power(const struct actuator *a, double tau, double w, double dw, double warm);
