// The files a run reads beside its layout: robot models and data of empirical(file). A recording keeps
// them, so that it can be run again elsewhere, and after they were changed.
//
// In a recording: robots/NAME/FILE for the model NAME, data/PATH for a data file.
#pragma once

#include "engine/layout/layout.h"
#include "stream/recording.h"

// Attach all files of a layout. What cannot be read, is larger than 16 MiB or has a name that a recording
// does not take is left out: the replay will look for it where the run did.
enum status files_attach(struct recorder *r, const struct layout *l, struct error *e);

// Files of a recording in a folder of their own. folder is "" when there are none.
struct unpacked { char folder[64]; int count; char **path; };
enum status files_unpack(struct recording *r, struct unpacked *u, struct error *e);
// Remove them.
void files_remove(struct unpacked *u);
