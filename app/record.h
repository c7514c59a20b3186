// A run into a file: layout, frames at 10 Hz of simulated time, a keyframe and the numbers each 10 s,
// events, commands, the digest of every simulated second, the end. stream/recording.h is the file.
//
//   struct record *r = record_create("run.takt", &frames, seed, 1, warmup, length, &e);
//   plan.advance = record_advance, plan.advance_context = r;       // in place of twin_run
//   record_finish(r, complete, &e);
#pragma once

#include "app/frames.h"

struct record;

// Borrows frames. NULL with *e filled: the file cannot be written, or it is the layout itself.
struct record *record_create(const char *path, struct frames *f, uint64_t seed, uint32_t replication, ns_t warmup, ns_t length, struct error *e);

// Run the twin to `until`, stopping on the way where something is to be kept. context is the record; e is
// never touched. When the disk refuses, the recording ends there and is said on stderr; the run goes on, and
// record_finish gives the error: what was measured is worth more than the file.
enum twin_state record_advance(void *context, struct twin *t, ns_t until, struct error *e);

// The events of the next instant that has any, if it is not later than `until` (as twin_step).
enum twin_state record_step(struct record *r, struct twin *t, ns_t until);

// A command that came now and takes effect at `at`; text is the happening as it was sent.
void record_command(struct record *r, struct twin *t, ns_t at, bool paused, const char *text);

// The disk refused: nothing more is kept.
bool record_failed(const struct record *r);

// Events that were kept are appended to `also` too, as whole messages, for those who watch live.
void record_share(struct record *r, struct bytes *also);

// Write the end and close; frees r. complete: the run was not interrupted. NULL is nothing to do. The error is
// said on stderr too.
enum status record_finish(struct record *r, bool complete, struct error *e);
