// The pack: cells with an open-circuit voltage and an inner resistance, charged at constant current, then constant voltage.
//
// Open-circuit voltage is piecewise linear in the share of charge. The state is the energy left in the cells, so
// that the book closes by construction: a call takes from the cells exactly what it delivers and what it loses,
//   P = U I - R I^2,   I = (U - sqrt(U^2 - 4 R P)) / 2 R,   cells: U I dt = P dt + R I^2 dt.
// Where the voltage is linear in the charge, its square is linear in the energy (dE = U dQ): so the table below is kept by energy.
// In long calls the voltage is renewed every 1/256 of the pack's energy, or every SLICE_MAX seconds near full.
//
// Charging: constant current until the terminals reach the charger's voltage, then constant voltage until the current has fallen
// to a CUTOFF share of it, which is "full". Current, voltage and charging resistance follow from two usual figures:
// the power that a pack takes and the share of charge at which it begins to fall (robots/tables.h has the straight line through both).
#pragma once

#include <stdbool.h>

#define BATTERY_POINTS_MAX 32

// One kind of pack, constant. Made by battery_pack_init from the first four groups.
struct battery_pack {
  double energy;                    // J    between empty and full at no current
  double resistance;                // Ohm  of cells and cables
  double cutoff;                    // V    at the terminals: the robot switches off below
  double charge_power, charge_taper;// W, share of charge    into the cells at mean voltage; where that begins to fall
  int    points;                    // of the open-circuit voltage
  double share[BATTERY_POINTS_MAX]; // 1    of charge, rising from 0 to 1
  double volts[BATTERY_POINTS_MAX]; // V    rising

  // derived
  double charge;                    // C    capacity: energy over mean voltage
  double stored[BATTERY_POINTS_MAX];// J    in the cells at each point
  double charge_current;            // A    of the constant-current part
  double charge_volts;              // V    of the constant-voltage part
  double charge_resistance;         // Ohm  of slow charging (diffusion included)
};

// Fill the derived part; false when points do not rise or leave 0..1 (a message is the reader's business).
bool battery_pack_init(struct battery_pack *p);

// Open-circuit voltage and share of charge at `energy` J in the cells; and back.
double battery_volts(const struct battery_pack *p, double energy);
double battery_share(const struct battery_pack *p, double energy);
double battery_energy(const struct battery_pack *p, double share);

// Where the energy went; sums over calls, J. cells = delivered + lost when drawing; cells = taken - lost when charging.
struct battery_book { double cells, delivered, taken, lost; };

enum battery_end {
  BATTERY_OK,
  BATTERY_EMPTY,                    // nothing left, or the terminals fell below the cut-off: the rest of dt was not served
  BATTERY_FULL                      // charging ended
};

// Draw `power` W (negative: given back by braking) for dt s; *energy is the state. power_max of a sagging pack is U^2/4R.
// *used is the time served (dt unless it ended early); book and used may be NULL.
enum battery_end battery_draw(const struct battery_pack *p, double *energy, double power, double dt, double *used, struct battery_book *b);

// Charge for at most dt s at a charger of `power` W.
enum battery_end battery_charge(const struct battery_pack *p, double *energy, double power, double dt, double *used, struct battery_book *b);

// Terminal voltage while `power` W is drawn; 0 when the pack cannot give it.
double battery_terminal(const struct battery_pack *p, double energy, double power);
