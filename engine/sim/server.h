// Stations that work: machines, assembly, disassembly, sorters, inspection.
//
// Each server goes through  idle -> (operators, set-up) -> (room ahead) -> (operators) -> work -> done
// and back to idle when its last finished part has left (blocking after service). Failures, shifts
// and absent operators stop the phase at hand; what is left of it is kept.
#pragma once

#include "engine/sim/state.h"

// A part has come into the station.
void servers_enter(struct twin *t, uint32_t p, int32_t s);
// Begin work on every server that can.
void servers_start(struct twin *t, int32_t s);
// A plain machine begins to work on part p, whatever was in server v before.
void server_begin_plain(struct twin *t, int32_t v, uint32_t p);
// The parts of v are complete: set-up or work can begin.
void server_begin(struct twin *t, int32_t v);
// Mean seconds of set-up if a part of that type came next into station s: the least over its servers.
double server_setup(const struct twin *t, int32_t s, int type);
// Work on v (the next go of a step) goes on for that long.
void server_work(struct twin *t, int32_t v, ns_t length);
// A finished part has left its server.
void server_part_left(struct twin *t, uint32_t p);
// Room ahead is kept for part p, which waits for its service to begin.
void server_space(struct twin *t, uint32_t p);

// Timers.
void server_work_timer(struct twin *t, int32_t v);
void server_fail_timer(struct twin *t, int32_t v);

// Stop and go on with the phase at hand; go on only when nothing stands against it.
void server_stop(struct twin *t, int32_t v);
void server_run(struct twin *t, int32_t v);
// Down by failure (bit 0) or by an event of the layout (bit 1); up again.
void server_down(struct twin *t, int32_t v, uint8_t reason);
void server_up(struct twin *t, int32_t v, uint8_t reason);
// Who mends has come: the repair begins.
void server_mend_begins(struct twin *t, int32_t v);
// Draw the first failure of each server; at time 0.
void server_first_failure(struct twin *t, int32_t v);

// Book the cause that the state of v says.
void server_cause(struct twin *t, int32_t v);

// An operator has come or gone.
void server_crew(struct twin *t, int32_t v, int change);
