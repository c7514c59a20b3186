// Frames: the state of a running line as MessagePack, small enough to send 60 times a second.
//
// A session on the wire is: u32 length (little endian) + one MessagePack value, repeated. The value
// is an array [type, body]; docs/protocol.md is the contract. Types:
//   hello     map    version, layout text, plan, names of parts, stations, fleets, seed, fidelity
//   keyframe  map    now, columns as bin; everything needed to draw from nothing
//   delta     map    now, what changed since the keyframe it names
//   events    array  of maps: at, kind, row, text
//   kpi       map    path -> number
//   status    map    paused, speed asked and achieved, now, role, message
//   command   map    from a client: what, value, token
// Bodies from outside are hostile: every length is checked against the bytes that remain before
// anything is believed (skim: depth <= 16, elements <= 65536), and nothing is allocated by a count
// that was only declared.
//
// This room knows no engine: it takes views of columns (pointer, stride, count).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define FRAME_VERSION        1
#define FRAME_MAX            (4u << 20)   // bytes, server to client
#define FRAME_MAX_CLIENT     (64u << 10)  // bytes, client to server

enum frame_type { FRAME_HELLO = 1, FRAME_KEYFRAME, FRAME_DELTA, FRAME_EVENTS, FRAME_KPI, FRAME_STATUS, FRAME_COMMAND };

// A column somewhere in memory: count elements, stride bytes apart.
struct column { const void *data; size_t stride; size_t count; };

// What a frame says of the line. As a source (encode) the pointers are views; as a target (decode)
// they point into the state's own arrays.
struct picture_robots {             //                                              (shape)
  int       n;
  uint32_t *id;
  uint8_t  *fleet, *cause, *pose;
  float   (*pos)[2], *heading, *speed, *phase, *charge;
  int16_t  *held, *from, *to;
  float   (*hand)[2][2];            // m, left and right hand                       (n x 2 x 2)
};
struct picture_stations { int n; uint8_t *cause; uint16_t *count; float *progress; int64_t *made; };
struct picture_parts    { int n; int64_t total; uint32_t *id; uint8_t *type; float (*pos)[2]; };

struct picture {
  int64_t                 now;      // ns
  struct picture_robots   robots;
  struct picture_stations stations;
  struct picture_parts    parts;
};

// A growing byte buffer, owned.
struct bytes { uint8_t *data; size_t size, capacity; };
void bytes_finish(struct bytes *b);

// Writes frames. Keeps the last keyframe as the base of deltas. One encoder for all viewers.
struct frame_encoder;
struct frame_encoder *frame_encoder_create(void);
void frame_encoder_destroy(struct frame_encoder *e);

// Append one whole message (length prefix included) to out. Positions travel as int32 millimetres in
// keyframes and int16 differences in deltas, angles and shares as 16-bit fractions.
enum status frame_keyframe(struct frame_encoder *e, const struct picture *p, struct bytes *out);
enum status frame_delta(struct frame_encoder *e, const struct picture *p, struct bytes *out);

struct frame_hello {
  const char *layout; size_t layout_size;   // the text, as it runs
  const char *plan;   size_t plan_size;     // what is drawn, as JSON (engine/layout/plan.h, docs/protocol.md)
  const char *name, *fidelity, *version;
  uint64_t    seed;
  int part_count, station_count, fleet_count;
  const char *const *parts, *const *stations, *const *fleets;
};
struct frame_event  { int64_t at; uint8_t kind; int32_t row; const char *text; };
struct frame_kpi    { const char *path; double value; };
struct frame_status { int64_t now; bool paused, may_command, ended; double speed_asked, speed_achieved; const char *message; };
struct frame_command {
  char what[32];                    // pause, play, step, speed, do, quit
  double value;                     // speed
  char text[2048];                  // do: a happening as YAML
  char token[128];
};
enum status frame_hello_write(const struct frame_hello *h, struct bytes *out);
enum status frame_events_write(const struct frame_event *e, int n, struct bytes *out);
enum status frame_kpi_write(const struct frame_kpi *k, int n, struct bytes *out);
enum status frame_status_write(const struct frame_status *s, struct bytes *out);
enum status frame_command_write(const struct frame_command *c, struct bytes *out);

// ---- reading ---------------------------------------------------------------------------------------

// True when bytes are one well-formed MessagePack value within the limits above; iterative, no allocation.
bool frame_skim(const uint8_t *data, size_t size);

// Reads frames and keeps the newest picture. All arrays are owned by the decoder and grow only with
// bytes that really arrived.
struct frame_decoder;
struct frame_decoder *frame_decoder_create(void);
void frame_decoder_destroy(struct frame_decoder *d);

// One message body (without the length prefix). STATUS_PROTOCOL with *e filled when it is not valid;
// the state stays as it was. *type says what came.
enum status frame_read(struct frame_decoder *d, const uint8_t *data, size_t size, enum frame_type *type, struct error *e);

// The newest of each; pointers are good until the next frame_read. NULL when none came yet.
const struct picture      *frame_picture(const struct frame_decoder *d);
const struct frame_hello  *frame_hello_read(const struct frame_decoder *d);
const struct frame_status *frame_status_read(const struct frame_decoder *d);
int frame_events_read(const struct frame_decoder *d, const struct frame_event **events);
int frame_kpi_read(const struct frame_decoder *d, const struct frame_kpi **kpi);

// Server side: one command. token is compared by the server, in constant time, and never logged.
enum status frame_command_read(const uint8_t *data, size_t size, struct frame_command *out, struct error *e);
