// How often robots that walk would meet: what a run at event fidelity leaves out, estimated from its own numbers.
//
// Walkers of density rho (a square metre of free floor) that go any way at speed v meet others as molecules of a gas do: one of them comes within two
// footprints of rho w v 4/pi others a second, w = 2 (r + r') (Maxwell 1860 in the plane: the mean relative speed of equal speeds is 4/pi v). Each
// meeting is taken to cost MEETING seconds. Where ways are narrow or many want the same spot it is more: a lower bound in halls, and no
// answer for aisles.
#pragma once

#include "engine/measure/result.h"

// Share of the robots' time on shift that traffic would take; 0 without a floor. For outcomes at event fidelity.
double density_traffic(const struct outcome *o);
