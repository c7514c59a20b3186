// Where pictures come from: a live run or a recording, behind one face.
//
// Live: shown one frame behind what was received, so that there are always two to move between; when the
// next is late, at most one frame is extrapolated, then the picture is held and called stale.
// A recording plays by itself: pause, step, speed and seek are answered here.
#pragma once

#include "viewer/history.h"
#include "viewer/room.h"
#include "viewer/snapshot.h"

struct source;

struct source *source_live(const char *address, const char *token, struct error *e);
struct source *source_recording(const char *path, struct error *e);
void           source_close(struct source *s);

// Read what came or play on; wall is s of a steady clock. Frames passed over are told to h.
void source_step(struct source *s, double wall, struct history *h);
// A new hello has come since the last call.
bool source_greeted(struct source *s);
// What to show now; good until the next call.
struct show source_show(struct source *s);

// Why the robot in that row of the picture got its job; NULL: not told. Good until the next step.
const struct frame_decision *source_decision(struct source *s, int row);
// Ask a live run to tell of this robot: its body and decisions. Once for each robot, and only where commands are heard.
void source_look(struct source *s, int row);

void source_pause(struct source *s, bool paused);
void source_advance(struct source *s, struct history *h);       // one step: 0.1 s of a recording, one instant of a run
void source_speed(struct source *s, double speed);
// Recording: go to a time; span seconds before it are read into h (0: none). STATUS_CORRUPT with *e filled at damage.
enum status source_seek(struct source *s, double seconds, double span, struct history *h, struct error *e);
bool source_is_recording(const struct source *s);
