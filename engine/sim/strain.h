// What a robot's joints have borne, as policies see it: heat and wear as shares, at every fidelity.
//
// heat    0 at the temperature of the hall, 1 at the limit of a winding. At `body` it is the hottest winding of its body. Else, for models with a body,
//         two nodes for each robot, as robots/heat.h has for each drive. What it draws beyond standing warms it as a walk warms the drive that comes nearest to its
//         limit (robots/toll.h), in proportion, that other work warms the same drive being a guess:
//           end = (power - standing) T_cold / power_cold,  heat = winding + housing,  each  x' = (its share of end - x) / tau,
//           tau = winding_capacity winding_resistance, (winding_capacity + housing_capacity) housing_resistance
//         Warm windings have more resistance, so the power itself grows with the heat, as all drives' copper losses of a walk for ever have in the end; that other work
//         is the same share copper loss is a guess. Models without a body and people: 0.
// wear    0 new. At `body` the Palmgren-Miner damage of its most worn joint, 1 at the L10 life (robots/wear.h). Else its time since the last repair over
//         the mean of `failures: {up}`, on the clock of its failures; 0 where there are none, and where they are exponential, since those have no age.
//
// Nothing here allocates after strain_create.
#pragma once

#include "engine/sim/state.h"

// After the bodies of the models have been read (engine/sim/pace.h).
enum status strain_create(struct twin *t, struct error *e);
// From now on robot r draws that much power, W; called whenever that changes, not at body fidelity.
void strain_power(struct twin *t, int32_t r, double power);

// Before it becomes another make: what it has been warmed by is settled by the old one.
void strain_settle(struct twin *t, int32_t r);

// What it draws now, W, where cold windings would take `power`; not at body fidelity.
double strain_warm(const struct twin *t, int32_t r, double power);

double strain_heat(const struct twin *t, int32_t r);
double strain_wear(const struct twin *t, int32_t r);
