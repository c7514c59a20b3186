// From a checked layout to the columns of a twin.
#pragma once

#include "engine/sim/state.h"

enum status build_twin(struct twin *t, struct error *e);

// Ways and edges: where the parts of each station can go (build_ways.c).
enum status build_ways(struct twin *t, struct error *e);
// Places, routes, fleets, robots, chargers (build_fleets.c).
enum status build_fleets(struct twin *t, struct error *e);

// A zone was closed or opened: new routes for everybody.
void build_routes_again(struct twin *t);
// `set`: change a value of the running line; a change that cannot be made while it runs is noted.
void build_set(struct twin *t, const char *path, const char *value);

// Give back what `set` allocated.
void build_finish(struct twin *t);

// Number of the list of waiting jobs for these fleets and priority, made when new.
int32_t build_list(struct twin *t, uint64_t fleets, int priority);
