// Doubts and impossibilities of a checked layout, found before the run: a station that nothing
// reaches, no way out, a part that nobody takes, a robot job without a place to stand.
//
// Works on the graph of flows alone; walking distances are checked by engine/world/routes.h.
#pragma once

#include "engine/layout/layout.h"

// Errors (the line cannot run) and warnings (it can, but probably not as meant) go to f.
void layout_check_flows(const struct layout *l, struct faults *f);
