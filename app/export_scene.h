// An MCAP file of JSON messages that Foxglove opens: topics /scene (foxglove.SceneUpdate), /log (foxglove.Log), /numbers (takt.Numbers).
//
// Records are written one after the other, without chunks or an index (MCAP specification, "unindexed"): mcap.dev/spec. Times are simulated.
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "stream/frame.h"

struct export_scene;

// NULL: no memory.
struct export_scene *export_scene_begin(FILE *out);
// The first picture brings the hall and its stations too. False: no memory.
bool export_scene_picture(struct export_scene *x, const struct frame_hello *h, const struct picture *p);
void export_scene_event(struct export_scene *x, const struct frame_event *e);
void export_scene_numbers(struct export_scene *x, struct frame_decoder *d, int64_t at);
// Takes NULL.
void export_scene_end(struct export_scene *x);
