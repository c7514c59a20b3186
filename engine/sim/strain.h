// What a robot's joints have borne, as policies see it: heat and wear as shares, at every fidelity.
//
// heat    0 at the temperature of the hall, 1 at the limit of a winding. At `body` it is the hottest winding of its body. Else, for models with a body,
//         one node for each robot: what it draws beyond standing is heat in the drives of its legs, evenly,
//           T_end = ambient + SPREAD loss / drives (winding_resistance + housing_resistance),  dT/dt = (T_end - T) / tau,
//           tau = (winding_capacity + housing_capacity) housing_resistance
//         of that class of its leg drives whose limit is reached first. SPREAD, how much more than the mean the hottest one bears, is chosen so that the shipped model
//         is as warm after 400 s of walking as it is at `body`. Models without a
//         body and people: 0. Warm windings have more resistance: what a robot draws beyond standing grows with its heat, by as much as that of a walk for ever has grown in the
//         end (robots/toll.h, drive by drive); that other work is the same share copper loss is a guess.
// wear    0 new. At `body` the Palmgren-Miner damage of its most worn joint, 1 at the L10 life (robots/wear.h). Else its time since the last repair over
//         the mean of `failures: {up}`, on the clock of its failures; 0 where there are none, and where they are exponential, since those have no age.
//
// Nothing here allocates after strain_create.
#pragma once

#include "engine/sim/state.h"

// After the bodies of the models have been read (engine/sim/pace.h).
enum status strain_create(struct twin *t, struct error *e);
// From now on robot r draws that much power with cold windings, W; called whenever that changes, not at body fidelity.
void strain_power(struct twin *t, int32_t r, double power);

// What it draws now, W, where cold windings would take `power`; not at body fidelity.
double strain_warm(const struct twin *t, int32_t r, double power);

double strain_heat(const struct twin *t, int32_t r);
double strain_wear(const struct twin *t, int32_t r);
