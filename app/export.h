// A recording in the formats of other programs.
//
//   csv        events and numbers, one a line: time_s,what,name,value
//   perfetto   the JSON trace event format that ui.perfetto.dev and chrome://tracing open: a track a robot and a station with what each second
//              was spent on, counters for the KPIs, instants for events
//   foxglove   an MCAP file of JSON messages with their schemas: foxglove.SceneUpdate with the hall, stations and robots, foxglove.Log for events,
//              and one message of all KPIs
//
// States come from the frames of the recording (ten a second unless it was told otherwise), so a state that lasts less can be missed.
#pragma once

#include <stdio.h>

enum export_format { EXPORT_CSV, EXPORT_PERFETTO, EXPORT_FOXGLOVE };

// `to` NULL: stdout. Faults are on stderr; the answer is the exit code.
int export_recording(const char *path, enum export_format format, const char *to);
