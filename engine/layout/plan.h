// The plan of a layout: what is drawn of it, resolved, as one JSON object for viewers.
//
//   {"name": ..., "size": [w, d],
//    "walls": [[[x, y], ...]], "doors": [{"name", "at", "width"}], "obstacles": [{"name", "area"}],
//    "zones": [{"name", "kind", "area", "value", "towards"}],          value: speed, friction, slope or occlusion
//    "parts": [{"name", "shape", "size": [3], "colour"}],
//    "stations": [{"name", "group", "kind", "placed", "at", "size", "facing", "height", "path", "speed",
//                  "capacity", "grid", "pitch", "servers", "slots", "scrapped", "makes"}],   makes: part of an assembly, -1
//    "fleets": [{"name", "people", "count", "model"}], "goals": [{"path", "op", "value"}]}
//
// Rows are in the order of the layout's own, so that indices in frames refer to them. Metres, radians.
#pragma once

#include "base/json.h"
#include "engine/layout/layout.h"

// more, unless NULL, may add members to the object of fleet f.
void layout_plan_write(const struct layout *l, struct json *out, void (*more)(void *context, int f, struct json *out), void *context);
