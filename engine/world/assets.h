// Where robot models are found: beside the layout, in $TAKT_ASSETS, then beside the program.
#pragma once

#include "base/status.h"
#include <stdbool.h>

#include "robots/tables.h"

// Read the model NAME (a folder robots/NAME or NAME with robot.yaml) for a layout file. assets: a folder that
// holds robots/, looked in first; NULL: none. STATUS_REF with the places that were looked in when there is none.
enum status assets_robot(const char *name, const char *layout_file, const char *assets, struct robot_tables *out, struct error *e);

#define ASSET_NAME_MAX 256
// MODEL, or MODEL@REVISION when there is one; returns out.
const char *assets_name(const char *model, const char *revision, char out[ASSET_NAME_MAX]);

// The folder of that model alone; false when there is none. A name MODEL@REV is that revision (robots/revision.h), and the folder its address.
bool assets_find(const char *name, const char *layout_file, const char *assets, char out[1024]);
