// Batteries: draining by what a robot does, charging, swapping, queues for slots.
#pragma once

#include "engine/sim/state.h"

// Bring the charge up to now and drain from here on by what the robot does.
void power_book(struct twin *t, int32_t r);
// Energy in J drawn since it was last booked.
double power_since(const struct twin *t, int32_t r);
// Set the timer for the charge at which something must be done; for acts without a fixed end.
void power_watch(struct twin *t, int32_t r);

// Send an idle or finished robot to charge if it must (or may, when idle); true when it goes.
bool power_seek(struct twin *t, int32_t r, bool must);
// It stands at its charger: begin, or wait for a slot.
void power_arrive(struct twin *t, int32_t r);
// A robot whose home is a charger begins in one of its slots, when there is one.
void power_dock(struct twin *t, int32_t r);
// Somebody waits for the slot of this charged robot (or it has none): it may not stay docked.
bool power_wanted(const struct twin *t, int32_t r);
// Charged, or called away.
void power_leave(struct twin *t, int32_t r);
