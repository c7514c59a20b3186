#include "app/record.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/commands.h"
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

  // of the twin when it was last seen
  ns_t                  now;
  uint64_t              digest, events;
  enum twin_state       state;
  char                  why[512];
};

// ---- create -----------------------------------------------------------------------------------------

static bool same_file(const char *a, const char *b) {
  struct stat x, y;
  return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static void release(struct record *r) {
  frame_encoder_destroy(r->encoder);
  bytes_finish(&r->bytes);
  free(r);
}

// One message that is in r->bytes from byte `from` on.
static enum status keep(struct record *r, enum channel c, ns_t at, size_t from, struct error *e) {
  return recorder_write(r->recorder, c, at, r->bytes.data + from, r->bytes.size - from, e);
}

static enum status write_start(struct record *r, uint64_t seed, struct error *e) {
  const struct layout *l = r->frames->layout;
  r->bytes.size = 0;
  enum status s = log_layout_write(l->text, l->text_size, &r->bytes);
  if (s == STATUS_OK) s = keep(r, CHANNEL_LAYOUT, 0, 0, e);
  if (s != STATUS_OK) return s;
  r->bytes.size = 0;
  s = frames_hello(r->frames, seed, &r->bytes);
  if (s != STATUS_OK) return error_at(e, s, l->file, 0, 0, "the layout and its plan are too large for a recording");
  return keep(r, CHANNEL_FRAMES, 0, 4, e);
}

struct record *record_create(const char *path, struct frames *f, uint64_t seed, uint32_t replication, ns_t warmup, ns_t length, struct error *e) {
  const struct layout *l = f->layout;
  if (same_file(path, l->file)) {
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
  struct recording_info info = { .version = TAKT_VERSION, .layout_file = l->file, .fidelity = "event", .seed = seed, .replication = replication,
                                 .length = length, .warmup = warmup };
  r->frames = f;
  r->warmup = warmup;
  r->recorder = recorder_create(path, &info, e);
  if (!r->recorder) {
    release(r);
    return NULL;
  }
  if (write_start(r, seed, e) == STATUS_OK) return r;
  recorder_finish(r->recorder, NULL);
  release(r);
  return NULL;
}

void record_share(struct record *r, struct bytes *also) { r->also = also; }

// ---- what is kept at one instant --------------------------------------------------------------------------

static enum status keep_picture(struct record *r, struct twin *t, struct error *e) {
  struct picture p;
  frames_picture(r->frames, t, &p);
  r->bytes.size = 0;
  bool key = r->next == 0 || p.now - r->key >= KEYFRAME_NS;
  enum status s = key ? STATUS_CONFLICT : frame_delta(r->encoder, &p, &r->bytes);
  if (s == STATUS_CONFLICT) {
    s = frame_keyframe(r->encoder, &p, &r->bytes);
    r->key = p.now;
  }
  if (s != STATUS_OK) return error_at(e, s, "", 0, 0, "the picture at %.1f s cannot be recorded: %s", ns_to_seconds(p.now), status_text(s));
  return keep(r, CHANNEL_FRAMES, p.now, 4, e);
}

// bodies without the array and the type around them: two bytes behind the length prefix
static enum status keep_events(struct record *r, struct twin *t, struct error *e) {
  for (;;) {
    r->bytes.size = 0;
    if (frames_events(r->frames, t, &r->bytes) == 0) return STATUS_OK;
    if (r->also) bytes_append(r->also, r->bytes.data, r->bytes.size);
    enum status s = keep(r, CHANNEL_EVENTS, twin_now(t), 6, e);
    if (s != STATUS_OK) return s;
  }
}

static enum status keep_numbers(struct record *r, struct twin *t, struct error *e) {
  r->bytes.size = 0;
  enum status s = frames_kpi(r->frames, t, r->state == TWIN_PARTS, &r->bytes);
  if (s != STATUS_OK || r->bytes.size == 0) return s;
  return keep(r, CHANNEL_KPI, twin_now(t), 6, e);
}

static enum status keep_digest(struct record *r, struct twin *t, struct error *e) {
  struct log_digest d = { .second = twin_now(t) / NS_SECOND, .digest = twin_digest(t), .events = twin_events(t) };
  r->bytes.size = 0;
  enum status s = log_digest_write(&d, &r->bytes);
  return s == STATUS_OK ? keep(r, CHANNEL_DIGEST, twin_now(t), 0, e) : s;
}

static enum status keep_all(struct record *r, struct twin *t, struct error *e) {
  enum status s = keep_events(r, t, e);
  if (s == STATUS_OK) s = keep_picture(r, t, e);
  if (s == STATUS_OK && twin_now(t) % NS_SECOND == 0 && twin_now(t) > 0) s = keep_digest(r, t, e);
  if (s == STATUS_OK && (twin_now(t) % NUMBERS_NS == 0 || r->ended)) s = keep_numbers(r, t, e);
  return s;
}

static void remember(struct record *r, struct twin *t, enum twin_state state) {
  r->now = twin_now(t);
  r->digest = twin_digest(t);
  r->events = twin_events(t);
  r->state = state;
  if (state != TWIN_RUNS) snprintf(r->why, sizeof r->why, "%s", twin_why(t));
}

// ---- running ------------------------------------------------------------------------------------------

// The twin went as far as it should at once: keep what belongs to this instant. False: the disk refuses.
static bool take(struct record *r, struct twin *t, enum twin_state state, struct error *e) {
  remember(r, t, state);
  r->ended = state != TWIN_RUNS;
  if (!r->marked && twin_now(t) >= r->warmup) {
    frames_mark(r->frames, t);
    r->marked = true;
  }
  if (!r->ended && twin_now(t) < r->next) return true;
  if (keep_all(r, t, e) != STATUS_OK) return false;
  r->next += FRAME_NS;
  return true;
}

enum twin_state record_advance(void *context, struct twin *t, ns_t until, struct error *e) {
  struct record *r = context;
  while (!r->ended) {
    enum twin_state state = twin_run(t, r->next < until ? r->next : until);
    if (!take(r, t, state, e) || twin_now(t) >= until) break;
  }
  return r->state;
}

enum twin_state record_step(struct record *r, struct twin *t, ns_t until, struct error *e) {
  uint64_t before = twin_events(t);
  while (!r->ended && twin_events(t) == before) {
    enum twin_state state = twin_step(t, r->next < until ? r->next : until);
    if (!take(r, t, state, e) || twin_now(t) >= until) break;
  }
  return r->state;
}

enum status record_command(struct record *r, struct twin *t, ns_t at, bool paused, const char *text, struct error *e) {
  struct log_command c = { .given = twin_now(t), .at = at, .paused = paused, .text = { (const uint8_t *)text, strlen(text) } };
  r->bytes.size = 0;
  enum status s = log_command_write(&c, &r->bytes);
  return s == STATUS_OK ? keep(r, CHANNEL_COMMANDS, twin_now(t), 0, e) : s;
}

enum status record_finish(struct record *r, bool complete, struct error *e) {
  if (!r) return STATUS_OK;
  static const char *const words[] = { [TWIN_RUNS] = "time", [TWIN_PARTS] = "parts", [TWIN_DEADLOCK] = "deadlock", [TWIN_FAULT] = "fault" };
  const char *ended = r->state == TWIN_RUNS && !complete ? "interrupted" : words[r->state];
  struct log_end end = { .ended = { (const uint8_t *)ended, strlen(ended) }, .why = { (const uint8_t *)r->why, strlen(r->why) }, .complete = complete,
                         .now = r->now, .digest = r->digest, .events = r->events };
  r->bytes.size = 0;
  enum status s = log_end_write(&end, &r->bytes);
  if (s == STATUS_OK) s = keep(r, CHANNEL_END, r->now, 0, e);
  enum status finished = recorder_finish(r->recorder, s == STATUS_OK ? e : NULL);
  release(r);
  return s == STATUS_OK ? finished : s;
}
