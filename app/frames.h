// A twin as frames: what `takt live` sends and what a recording keeps, made in one place.
//
// Looking at a twin changes nothing of it. Buffers are made once for a layout and reused.
#pragma once

#include "app/bodies.h"
#include "app/decisions.h"
#include "app/planned.h"
#include "engine/measure/result.h"
#include "engine/sim/twin.h"
#include "stream/frame.h"

#define FRAMES_NOTES_MAX 512

struct frames {
  const struct layout *layout;
  struct arena         arena;
  struct scene         scene;
  struct result_index  index;
  struct sums          from, now;   // the window of the numbers
  double              *row;         // (index.count)
  struct frame_kpi    *kpi;         // (index.count)
  struct bodies       *bodies;      // NULL: nobody is stepped
  struct decisions    *decisions;
  struct looks         looks;       // robots that somebody looks at
  struct planned       planned;
  struct note          note[FRAMES_NOTES_MAX];
  struct frame_event   event[FRAMES_NOTES_MAX];
};

// Borrows the layout. STATUS_MEMORY with *e filled; frames_finish it all the same.
enum status frames_init(struct frames *f, const struct layout *l, struct error *e);
void        frames_finish(struct frames *f);

// Append a hello that tells of layout l: the one of frames_init, or what twin_layout has made of it. When layout and plan are longer than a frame may be, the layout's text is left out.
enum status frames_hello(const struct frames *f, const struct layout *l, uint64_t seed, struct bytes *out);

// The picture of now; pointers are good until the next call.
void frames_picture(struct frames *f, struct twin *t, struct picture *out);

// The measured window begins now (at the end of the warm-up; at time 0 before this is called).
void frames_mark(struct frames *f, struct twin *t);
// Append the numbers of the window so far.
enum status frames_kpi(struct frames *f, struct twin *t, bool ended_by_parts, struct bytes *out);

// Append what happened since the last call: one message, or none. Returns how many events.
int frames_events(struct frames *f, struct twin *t, struct bytes *out);
