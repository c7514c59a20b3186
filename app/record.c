#include "app/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands.h"
#include "app/files.h"
#include "app/output.h"
#include "stream/log.h"
#include "stream/recording.h"

#define FRAME_NS    (NS_SECOND / 10)
#define KEYFRAME_NS (10 * NS_SECOND)
#define NUMBERS_NS  (10 * NS_SECOND)

struct record {
  struct frames        *frames;
  struct recorder      *recorder;
  struct frame_encoder *encoder;
  struct bytes          bytes;
  struct bytes         *also;       // NULL: nobody watches
  ns_t                  warmup;
  ns_t                  next;       // time of the next frame
  ns_t                  key;        // time of the last keyframe
  bool                  marked, ended;
  struct error          trouble;    // the first; nothing is kept after it

  // of the twin when it was last seen
  ns_t                  now;
  uint64_t              digest, events;
  enum twin_state       state;
  char                  why[512];
};

// ---- create -----------------------------------------------------------------------------------------

static void release(struct record *r) {
  frame_encoder_destroy(r->encoder);
  bytes_finish(&r->bytes);
  free(r);
}

bool record_failed(const struct record *r) { return r->trouble.status != STATUS_OK; }

// One message that is in r->bytes from byte `from` on.
static void keep(struct record *r, enum channel c, ns_t at, size_t from) {
  if (record_failed(r)) return;
  if (recorder_write(r->recorder, c, at, r->bytes.data + from, r->bytes.size - from, &r->trouble) != STATUS_OK) output_error(NULL, &r->trouble);
}

static void write_start(struct record *r, uint64_t seed) {
  const struct layout *l = r->frames->layout;
  r->bytes.size = 0;
  enum status s = log_layout_write(l->text, l->text_size, &r->bytes);
  if (s == STATUS_OK) keep(r, CHANNEL_LAYOUT, 0, 0);
  r->bytes.size = 0;
  if (s == STATUS_OK) s = frames_hello(r->frames, l, seed, &r->bytes);
  if (s != STATUS_OK) error_at(&r->trouble, s, l->file, 0, 0, "the layout and its plan are too large for a recording");
  else keep(r, CHANNEL_FRAMES, 0, 4);
}

struct record *record_create(const char *path, struct frames *f, uint64_t seed, uint32_t replication, ns_t warmup, ns_t length, struct error *e) {
  const struct layout *l = f->layout;
  if (output_same(path, l->file)) {
    error_at(e, STATUS_USAGE, "", 0, 0, "--record %s would write over the layout", path);
    return NULL;
  }
  struct record *r = calloc(1, sizeof *r);
  if (r) r->encoder = frame_encoder_create();
  if (!r || !r->encoder) {
    free(r);
    error_at(e, STATUS_MEMORY, path, 0, 0, "no memory for a recording");
    return NULL;
  }
  struct recording_info info = { .version = TAKT_VERSION, .layout_file = l->file, .fidelity = fidelity_name(l->run.fidelity), .seed = seed, .replication = replication,
                                 .length = length, .warmup = warmup };
  r->frames = f;
  r->warmup = warmup;
  r->recorder = recorder_create(path, &info, e);
  if (!r->recorder) {
    release(r);
    return NULL;
  }
  if (files_attach(r->recorder, l, &r->trouble) == STATUS_OK) write_start(r, seed);
  if (!record_failed(r)) return r;
  if (e) *e = r->trouble;
  recorder_finish(r->recorder, NULL);
  release(r);
  return NULL;
}

void record_share(struct record *r, struct bytes *also) { r->also = also; }

// ---- what is kept at one instant --------------------------------------------------------------------------

static void keep_picture(struct record *r, struct twin *t) {
  struct picture p;
  frames_picture(r->frames, t, &p);
  r->bytes.size = 0;
  bool key = r->next == 0 || p.now - r->key >= KEYFRAME_NS;
  enum status s = key ? STATUS_CONFLICT : frame_delta(r->encoder, &p, &r->bytes);
  if (s == STATUS_CONFLICT) {
    s = frame_keyframe(r->encoder, &p, &r->bytes);
    r->key = p.now;
  }
  if (s == STATUS_OK) {
    keep(r, CHANNEL_FRAMES, p.now, 4);
  } else if (!record_failed(r)) {
    error_at(&r->trouble, s, r->frames->layout->file, 0, 0, "the picture at %.1f s cannot be recorded: %s", ns_to_seconds(p.now), status_text(s));
    output_error(NULL, &r->trouble);
  }
}

// bodies without the array and the type around them: two bytes behind the length prefix
static void keep_events(struct record *r, struct twin *t) {
  for (;;) {
    r->bytes.size = 0;
    if (frames_events(r->frames, t, &r->bytes) == 0) return;
    if (r->also) bytes_append(r->also, r->bytes.data, r->bytes.size);
    keep(r, CHANNEL_EVENTS, twin_now(t), 6);
  }
}

static void keep_plan(struct record *r, struct twin *t) {
  r->bytes.size = 0;
  if (planned_take(&r->frames->planned, &r->bytes)) keep(r, CHANNEL_FRAMES, twin_now(t), 4);
}

static void keep_decisions(struct record *r, struct twin *t) {
  r->bytes.size = 0;
  if (decisions_take(r->frames->decisions, &r->bytes) == 0) return;
  if (r->also) bytes_append(r->also, r->bytes.data, r->bytes.size);
  keep(r, CHANNEL_DECISIONS, twin_now(t), 6);
}

static void keep_numbers(struct record *r, struct twin *t) {
  r->bytes.size = 0;
  if (frames_kpi(r->frames, t, r->state == TWIN_PARTS, &r->bytes) == STATUS_OK && r->bytes.size) keep(r, CHANNEL_KPI, twin_now(t), 6);
}

static void keep_digest(struct record *r, struct twin *t) {
  struct log_digest d = { .second = twin_now(t) / NS_SECOND, .digest = twin_digest(t), .events = twin_events(t) };
  r->bytes.size = 0;
  if (log_digest_write(&d, &r->bytes) == STATUS_OK) keep(r, CHANNEL_DIGEST, twin_now(t), 0);
}

static void keep_all(struct record *r, struct twin *t) {
  ns_t now = twin_now(t);
  keep_plan(r, t);
  keep_events(r, t);
  keep_decisions(r, t);
  if (record_failed(r)) return;
  keep_picture(r, t);
  if (now % NS_SECOND == 0 && now > 0) keep_digest(r, t);
  if (now % NUMBERS_NS == 0 || r->ended) keep_numbers(r, t);
}

static void remember(struct record *r, struct twin *t, enum twin_state state) {
  r->now = twin_now(t);
  r->digest = twin_digest(t);
  r->events = twin_events(t);
  r->state = state;
  if (state != TWIN_RUNS) snprintf(r->why, sizeof r->why, "%s", twin_why(t));
}

// ---- running ------------------------------------------------------------------------------------------

// The twin went as far as it should at once: keep what belongs to this instant.
static void take(struct record *r, struct twin *t, enum twin_state state) {
  remember(r, t, state);
  r->ended = state != TWIN_RUNS;
  if (!r->marked && twin_now(t) >= r->warmup) {
    frames_mark(r->frames, t);
    r->marked = true;
  }
  if (!r->ended && twin_now(t) < r->next) return;
  keep_all(r, t);
  r->next += FRAME_NS;
}

// Once the disk has refused there is nothing to stop for.
static ns_t stop_at(const struct record *r, ns_t until) { return r->next < until && !record_failed(r) ? r->next : until; }

enum twin_state record_advance(void *context, struct twin *t, ns_t until, struct error *e) {
  struct record *r = context;
  (void)e;
  while (!r->ended) {
    ns_t to = stop_at(r, until);
    enum twin_state state = twin_run(t, to);
    take(r, t, state);
    if (twin_now(t) >= until || twin_now(t) < to) break;        // less than asked for: interrupted
  }
  return r->state;
}

enum twin_state record_step(struct record *r, struct twin *t, ns_t until) {
  uint64_t before = twin_events(t);
  while (!r->ended && twin_events(t) == before) {
    enum twin_state state = twin_step(t, stop_at(r, until));
    take(r, t, state);
    if (twin_now(t) >= until) break;
  }
  return r->state;
}

void record_command(struct record *r, struct twin *t, ns_t at, bool paused, const char *text) {
  struct log_command c = { .given = twin_now(t), .at = at, .paused = paused, .text = { (const uint8_t *)text, strlen(text) } };
  r->bytes.size = 0;
  if (log_command_write(&c, &r->bytes) == STATUS_OK) keep(r, CHANNEL_COMMANDS, twin_now(t), 0);
}

enum status record_finish(struct record *r, bool complete, struct error *e) {
  if (!r) return STATUS_OK;
  static const char *const words[] = { [TWIN_RUNS] = "time", [TWIN_PARTS] = "parts", [TWIN_DEADLOCK] = "deadlock", [TWIN_FAULT] = "fault" };
  const char *ended = r->state == TWIN_RUNS && !complete ? "interrupted" : words[r->state];
  struct log_end end = { .ended = { (const uint8_t *)ended, strlen(ended) }, .why = { (const uint8_t *)r->why, strlen(r->why) }, .complete = complete,
                         .now = r->now, .digest = r->digest, .events = r->events };
  r->bytes.size = 0;
  if (log_end_write(&end, &r->bytes) == STATUS_OK) keep(r, CHANNEL_END, r->now, 0);
  struct error last = { 0 };
  if (recorder_finish(r->recorder, &last) != STATUS_OK && !record_failed(r)) {
    r->trouble = last;
    output_error(NULL, &last);
  }
  enum status s = r->trouble.status;
  if (s != STATUS_OK && e) *e = r->trouble;
  release(r);
  return s;
}
