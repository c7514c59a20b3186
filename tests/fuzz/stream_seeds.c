// Writes what the fuzzers of the stream begin with: stream_seeds FOLDER makes FOLDER/{wire,command,recording}-*.
//
// Chunks of the second recording are not packed and have no CRC, so that a change of a byte gets past both.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stream/log.h"
#include "stream/mcap.h"
#include "stream/recording.h"
#include "tests/crowd.h"

static void spill(const char *folder, const char *name, const void *data, size_t size) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *f = fopen(path, "wb");
  if (!f || fwrite(data, 1, size, f) != size || fclose(f)) exit(4);
}

static void add(struct bytes *session, struct bytes *message) {
  size_t n = message->size - 4;
  bytes_append(session, &n, 2);
  bytes_append(session, message->data + 4, n);
  message->size = 0;
}

static void wire(const char *folder, const char *name, int robots, int stations, int parts) {
  struct crowd c;
  struct bytes session = { 0 }, b = { 0 };
  struct frame_encoder *encoder = frame_encoder_create();
  crowd_make(&c, robots, stations, parts, 1);
  struct frame_hello h = crowd_hello(&c);
  frame_hello_write(&h, &b), add(&session, &b);
  struct frame_body body = { .id = 1, .points = 2, .steps = 1 };
  struct frame_limbs limbs = { .id = 1, .points = 2, .contacts = 1, .size = { 50, 50, 70 }, .contact = { { .normal = { 127, 0, 0 }, .mu = 50, .force = 140, .hand = 1 } } };
  c.picture.bodies = (struct picture_bodies){ 1, &body, &limbs };
  frame_keyframe(encoder, &c.picture, &b), add(&session, &b);
  for (int k = 0; k < 3; k++) {
    crowd_step(&c, k == 1 ? 60 : 2);
    frame_delta(encoder, &c.picture, &b), add(&session, &b);
  }
  struct frame_event e[2] = { { 1, 0, 2, "m1 fails" }, { 5, 1, -1, "R1 falls" } };
  frame_events_write(e, 2, &b), add(&session, &b);
  struct frame_kpi k[2] = { { "kpi.made", 3 }, { "kpi.oee", 0.5 } };
  frame_kpi_write(k, 2, &b), add(&session, &b);
  struct frame_decision d = { .at = 6, .robot = 2, .policy = "nearest", .what = "carry", .due = 4, .count = 1, .candidate = { { .robot = "R2", .wins = true, .walk = 3, .cost = 3, .terms = 1 } } };
  strcpy(d.candidate[0].term[0].name, "walk");
  frame_decisions_write(&d, 1, &b), add(&session, &b);
  struct frame_bar bar[2] = { { 0, 0, 1, 5, 10, 20 }, { 1, 0, 0, 3, 20, 50 } };
  frame_planned_write(bar, 2, &b), add(&session, &b);
  struct frame_status s = { .speed_asked = 1, .message = "fine" };
  frame_status_write(&s, &b), add(&session, &b);
  spill(folder, name, session.data, session.size);
  bytes_finish(&session);
  bytes_finish(&b);
  frame_encoder_destroy(encoder);
  crowd_finish(&c);
}

static void command(const char *folder) {
  static const char *const whats[] = { "hello", "speed", "do", "look" };
  for (int i = 0; i < 4; i++) {
    struct frame_command c = { .value = i + 1, .text = "{do: fail, what: m1}", .token = "0123456789abcdef" };
    struct bytes b = { 0 };
    char name[32];
    snprintf(c.what, sizeof c.what, "%s", whats[i]);
    snprintf(name, sizeof name, "command-%s", whats[i]);
    frame_command_write(&c, &b);
    spill(folder, name, b.data + 4, b.size - 4);
    bytes_finish(&b);
  }
}

static void recording(const char *path) {
  struct recording_info info = { .version = "0", .layout_file = "x.yaml", .fidelity = "event", .seed = 1, .replication = 1, .length = 5 };
  struct error e;
  struct crowd c;
  struct bytes b = { 0 };
  struct recorder *r = recorder_create(path, &info, &e);
  struct frame_encoder *encoder = frame_encoder_create();
  crowd_make(&c, 2, 2, 3, 1);
  recorder_attach(r, "robots/m/robot.yaml", "takt: 1", 7, &e);
  struct frame_hello h = crowd_hello(&c);
  log_layout_write("takt: 1", 7, &b), recorder_write(r, CHANNEL_LAYOUT, 0, b.data, b.size, &e), b.size = 0;
  frame_hello_write(&h, &b), recorder_write(r, CHANNEL_FRAMES, 0, b.data + 4, b.size - 4, &e), b.size = 0;
  for (int k = 0; k < 4; k++) {
    crowd_step(&c, 1);
    if (k % 2) frame_delta(encoder, &c.picture, &b);
    else frame_keyframe(encoder, &c.picture, &b);
    recorder_write(r, CHANNEL_FRAMES, c.picture.now, b.data + 4, b.size - 4, &e), b.size = 0;
    struct log_digest d = { k, 77, 5 };
    log_digest_write(&d, &b), recorder_write(r, CHANNEL_DIGEST, c.picture.now, b.data, b.size, &e), b.size = 0;
    struct frame_kpi kpi = { "kpi.made", k };
    frame_kpi_write(&kpi, 1, &b), recorder_write(r, CHANNEL_KPI, c.picture.now, b.data + 6, b.size - 6, &e), b.size = 0;
  }
  struct log_command given = { 1, 2, false, { (const uint8_t *)"{do: x}", 7 } };
  log_command_write(&given, &b), recorder_write(r, CHANNEL_COMMANDS, c.picture.now, b.data, b.size, &e), b.size = 0;
  struct log_end end = { { (const uint8_t *)"time", 4 }, { (const uint8_t *)"", 0 }, true, c.picture.now, 77, 20 };
  log_end_write(&end, &b), recorder_write(r, CHANNEL_END, c.picture.now, b.data, b.size, &e);
  if (recorder_finish(r, &e) != STATUS_OK) exit(4);
  bytes_finish(&b);
  frame_encoder_destroy(encoder);
  crowd_finish(&c);
}

static void number(struct bytes *b, uint64_t v, int size) { bytes_append(b, &v, (size_t)size); }

// The same messages in one chunk that is neither packed nor checked, without an end.
static void unpack(const char *folder, const char *path) {
  struct error e;
  struct recording *r = recording_open(path, &e);
  if (!r) exit(4);
  struct bytes file = { 0 }, chunk = { 0 };
  FILE *f = fopen(path, "rb");
  uint8_t head[4096];
  size_t n = fread(head, 1, sizeof head, f), at = MCAP_MAGIC_SIZE;
  fclose(f);
  while (at + 9 < n && head[at] != MCAP_CHUNK) {
    uint64_t size;
    memcpy(&size, head + at + 1, 8);
    at += 9 + size;
  }
  bytes_append(&file, head, at);
  struct recording_message m;
  recording_rewind(r, 0, 0xfe);
  while (recording_next(r, &m, &e)) {
    number(&chunk, MCAP_MESSAGE, 1), number(&chunk, MCAP_MESSAGE_HEAD + m.size, 8);
    number(&chunk, m.channel, 2), number(&chunk, 0, 4), number(&chunk, (uint64_t)m.at, 8), number(&chunk, (uint64_t)m.at, 8);
    bytes_append(&chunk, m.data, m.size);
  }
  number(&file, MCAP_CHUNK, 1), number(&file, 40 + chunk.size, 8);
  number(&file, 0, 8), number(&file, (uint64_t)recording_end(r), 8), number(&file, chunk.size, 8), number(&file, 0, 4), number(&file, 0, 4);
  number(&file, chunk.size, 8);
  bytes_append(&file, chunk.data, chunk.size);
  spill(folder, "recording-plain", file.data, file.size);
  bytes_finish(&file);
  bytes_finish(&chunk);
  recording_close(r);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "stream_seeds FOLDER\n");
    return 2;
  }
  char path[512];
  wire(argv[1], "wire-small", 2, 2, 3);
  wire(argv[1], "wire-some", 9, 3, 17);
  command(argv[1]);
  snprintf(path, sizeof path, "%s/recording-whole", argv[1]);
  recording(path);
  unpack(argv[1], path);
  return 0;
}
