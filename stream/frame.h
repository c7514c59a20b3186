// Frames: the state of a running line as MessagePack, small enough to send 60 times a second.
//
// A session on the wire is: u32 length (little endian) + one MessagePack value, repeated. The value
// is an array [type, body]; docs/protocol.md is the contract. Types:
//   hello     map    version, layout text, plan, names of parts, stations, fleets, seed, fidelity
//   keyframe  map    seq, now, columns as bin; everything needed to draw from nothing
//   delta     map    seq, base, now, what changed since the keyframe whose seq is `base`
//   events    array  of maps: at, kind, row, text
//   kpi       map    path -> number
//   status    map    paused, speed asked and achieved, now, role, message
//   command   map    from a client: what, value, text, token
//   decisions array  of maps: why robots got their jobs (stream/decision.h)
//   planned   array  of bars: the plan of a line with orders (stream/planned.h)
// A delta is relative to the last keyframe, never to the frame before it: a lost delta costs nothing
// but its own picture, and a seek reads one keyframe and one delta. Bodies from outside are hostile: every length is checked against the bytes that remain before
// anything is believed (skim: depth <= 16, elements <= 65536), and nothing is allocated by a count
// that was only declared.
//
// This room knows no engine: a picture to be sent is a set of pointers to columns that others own.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "stream/body.h"
#include "stream/decision.h"
#include "stream/limbs.h"
#include "stream/planned.h"
#include "stream/ways.h"

#define FRAME_VERSION        1
#define FRAME_MAX            (4u << 20)   // bytes, server to client
#define FRAME_MAX_CLIENT     (64u << 10)  // bytes, client to server

#define FRAME_TEXT_MAX       255u         // bytes of an event's text or a status message; writers cut longer ones

enum frame_type { FRAME_HELLO = 1, FRAME_KEYFRAME, FRAME_DELTA, FRAME_EVENTS, FRAME_KPI, FRAME_STATUS, FRAME_COMMAND, FRAME_DECISIONS, FRAME_PLANNED };

// Values that travel as small numbers; engine/measure/ledger.h and engine/world/scene.h name them.
#define FRAME_ROBOT_CAUSES   13
#define FRAME_STATION_CAUSES 8
#define FRAME_POSES          7

// What a frame says of the line. As a source (encode) the pointers are views; as a target (decode)
// they point into the state's own arrays.
struct picture_robots {             //                                              (shape)
  int       n;
  uint32_t *id;
  uint8_t  *fleet, *cause, *pose;
  float   (*pos)[2], *heading, *speed, *phase, *charge;
  int16_t  *held, *from, *to;
  int32_t  *step;                   // of the station `from`: step << 16 | go; -1: none. As a source NULL: of nobody
  float   (*hand)[2][2];            // m, left and right hand                       (n x 2 x 2)
  int32_t  *waits;                  // id of whom it waits for, -1: nobody. As a source NULL: nobody does
  float   (*kept)[2];               // m of its way from the end, kept free for itself: begin, end; < 0: none. As a source NULL: none
  uint8_t  *legs;                   // points of its way, 0: none. As a source NULL: of nobody
  float   (*way)[WAY_POINTS_MAX][2];// m                                            (n x WAY_POINTS_MAX x 2)
};
struct picture_stations { int n; uint8_t *cause; uint16_t *count; float *progress; int64_t *made; };
struct picture_parts    { int n; int64_t total; uint32_t *id; uint8_t *type; float (*pos)[2]; };

// Bodies of some robots, for those who look closely; at most FRAME_BODIES_MAX.
#define FRAME_BODIES_MAX 16
struct picture_bodies {
  int                 n;
  struct frame_body  *body;         //                                              (n)
  struct frame_limbs *limbs;        // of the same robots; NULL: not told           (n)
};

struct picture {
  int64_t                 now;      // ns
  struct picture_robots   robots;
  struct picture_stations stations;
  struct picture_parts    parts;
  struct picture_bodies   bodies;
};

// A growing byte buffer, owned.
struct bytes { uint8_t *data; size_t size, capacity; };
void bytes_finish(struct bytes *b);
bool bytes_reserve(struct bytes *b, size_t more);   // room for so many more; false: no memory
bool bytes_append(struct bytes *b, const void *data, size_t size);

// Writes frames. Keeps the last keyframe as the base of deltas. One encoder for all viewers.
struct frame_encoder;
struct frame_encoder *frame_encoder_create(void);
void frame_encoder_destroy(struct frame_encoder *e);

// Append one whole message (length prefix included) to out; on failure out is as before. Positions
// travel as int32 millimetres in keyframes and int16 differences in deltas, angles and shares as 16-bit
// fractions, hands as cm from the robot's middle (at most 1.27 m). What comes out of the decoder is
// within
//   position 0.5 mm; bends of a way 5 mm; kept 1 cm; heading 5e-5 rad; phase 0.002; hand 5 mm; charge and progress 8e-6;
//   speed 0.5 mm/s (65.5 m/s at most); in a delta speed within 20 mm/s and charge within 0.002.
// Row i of robots and stations stays row i; the parts of a delta may come out in another order.
// STATUS_RANGE: a position that is not a number or beyond 1e6 m. STATUS_LIMIT: more than FRAME_MAX.
// STATUS_CONFLICT from frame_delta: robots came, went or changed fleet (or no keyframe was written yet),
// so this picture needs a keyframe.
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
struct frame_kpi    { const char *path; double value; };          // NaN: has no meaning now
struct frame_status { int64_t now; bool paused, may_command, ended; double speed_asked, speed_achieved; const char *message; };
struct frame_command {
  char what[32];                    // hello, pause, play, step, speed, look, do, quit
  double value;                     // hello: FRAME_VERSION; speed: times real time, 0 as fast as it can; look: id of a robot
  char text[2048];                  // do: a happening as YAML
  char token[128];                  // counts in a client's first message, ignored later
};
enum status frame_hello_write(const struct frame_hello *h, struct bytes *out);
enum status frame_events_write(const struct frame_event *e, int n, struct bytes *out);
enum status frame_kpi_write(const struct frame_kpi *k, int n, struct bytes *out);
enum status frame_status_write(const struct frame_status *s, struct bytes *out);
enum status frame_command_write(const struct frame_command *c, struct bytes *out);
enum status frame_decisions_write(const struct frame_decision *d, int n, struct bytes *out);    // at most 64; texts are of their lengths, costs within 1e9 s
enum status frame_planned_write(const struct frame_bar *b, int n, struct bytes *out);           // at most PLANNED_MAX

// Set may_command in a whole encoded status message: one encoding serves readers and commanders.
void frame_status_role(struct bytes *message, bool may_command);
// What a whole message (length prefix included) says it is; 0 when it is too short to say.
enum frame_type frame_type_of(const struct bytes *message);

// ---- reading ---------------------------------------------------------------------------------------

// True when bytes are one well-formed MessagePack value within the limits above, without extension
// types (the protocol has none); iterative, no allocation.
bool frame_skim(const uint8_t *data, size_t size);

// Reads frames and keeps the newest picture. All arrays are owned by the decoder and grow only with
// bytes that really arrived.
struct frame_decoder;
struct frame_decoder *frame_decoder_create(void);
void frame_decoder_destroy(struct frame_decoder *d);

// One message body (without the length prefix). STATUS_PROTOCOL with *e filled when it is not valid;
// the state stays as it was. *type says what came. A hello begins a new session: the picture is
// dropped and time may start again. A delta whose keyframe was missed is STATUS_OK and changes nothing
// but frame_waiting, until the next keyframe.
enum status frame_read(struct frame_decoder *d, const uint8_t *data, size_t size, enum frame_type *type, struct error *e);

// Forget the picture but keep the hello: what comes next may be of any time (a jump in a recording).
void frame_decoder_rewind(struct frame_decoder *d);
bool frame_waiting(const struct frame_decoder *d);            // a delta came whose keyframe is not here

// The newest of each; pointers are good until the next frame_read. NULL when none came yet.
// Rows are checked against the hello: a fleet, part or station number is one of its names.
const struct picture      *frame_picture(const struct frame_decoder *d);
const struct frame_hello  *frame_hello_read(const struct frame_decoder *d);
const struct frame_status *frame_status_read(const struct frame_decoder *d);
// The newest events of this session, oldest first, at most FRAME_EVENTS_KEPT; frame_events_total counts
// all that ever came, so a reader takes the last (total - total it saw before).
#define FRAME_EVENTS_KEPT 256
int      frame_events_read(const struct frame_decoder *d, const struct frame_event **events);
uint64_t frame_events_total(const struct frame_decoder *d);
int frame_kpi_read(const struct frame_decoder *d, const struct frame_kpi **kpi);
// The newest decision that gave this robot something to do; NULL: none was told of. Good until the next frame_read.
const struct frame_decision *frame_decision_read(const struct frame_decoder *d, uint32_t robot);

// The plan of this session, by order of telling; returns how many bars, 0: none was told. Good until the next hello.
int frame_planned_read(const struct frame_decoder *d, const struct frame_bar **bar);

// Server side: one command. token is compared by the server, in constant time, and never logged.
enum status frame_command_read(const uint8_t *data, size_t size, struct frame_command *out, struct error *e);
