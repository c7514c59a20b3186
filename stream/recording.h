// Recordings: MCAP files (mcap.dev, format version 0x4D43415030) with msgpack messages.
//
// Attachments: the files a run reads beside its layout (models, data), as they were.
// Channels: "layout" (text), "frames" (hello, keyframe and delta of stream/frame.h without the length
// prefix), "events", "kpi" and "decisions" (the bodies of those frames), "commands", "digest" (one per simulated
// second), "end"; docs/protocol.md has the maps. Metadata record "takt": version, layout file, seed,
// replication, fidelity, length, warm-up. Chunks are zstd with CRC-32 and close at 1 MiB or after 1 s
// of wall time; a writer thread packs a full buffer and the caller waits rather than drops. kill -9
// loses at most the last chunk: a file without its end is read by scanning.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "stream/frame.h"

enum channel { CHANNEL_LAYOUT = 1, CHANNEL_FRAMES, CHANNEL_EVENTS, CHANNEL_KPI, CHANNEL_COMMANDS, CHANNEL_DIGEST, CHANNEL_END, CHANNEL_DECISIONS, CHANNEL_COUNT };

struct recording_info {
  const char *version, *layout_file, *fidelity;
  uint64_t    seed;
  uint32_t    replication;
  int64_t     length;               // ns simulated that was asked for, warm-up included
  int64_t     warmup;               // ns
};

struct recorder;
struct recorder *recorder_create(const char *path, const struct recording_info *info, struct error *e);
// A file that belongs to the run, kept whole; before the first message. name: relative, of letters, digits
// and . _ - /, at most 200 bytes.
enum status recorder_attach(struct recorder *r, const char *name, const void *data, size_t size, struct error *e);

// One message; at is simulated ns and never goes back. The bytes are copied. STATUS_IO with *e filled once the disk refuses.
enum status recorder_write(struct recorder *r, enum channel c, int64_t at, const void *data, size_t size, struct error *e);
// Write what is left, the index and the end. Frees r in any case.
enum status recorder_finish(struct recorder *r, struct error *e);

struct recording;
// Open and check; a cut file opens with what is whole (recording_cut tells). NULL with *e filled: no
// such file, not a recording (STATUS_CORRUPT), damaged before the first message.
struct recording *recording_open(const char *path, struct error *e);
void recording_close(struct recording *r);
const struct recording_info *recording_info(const struct recording *r);
bool    recording_cut(const struct recording *r);             // the end is missing, or damage hides it
bool    recording_damaged(const struct recording *r);         // it is there, and something before it cannot be read
const char *recording_note(const struct recording *r);        // "", or one sentence on what is missing
int64_t recording_start(const struct recording *r);           // ns of first and last message
int64_t recording_end(const struct recording *r);

// The files that were attached, from 0; at most 1024. data is good until the next call; its CRC was checked.
// Names are safe to make below a folder: relative, no "..", of letters, digits and . _ - /.
int         recording_attachments(const struct recording *r);
enum status recording_attachment(struct recording *r, int index, const char **name, const uint8_t **data, size_t *size, struct error *e);

// Walk all messages of the channels in mask (bit 1 << channel) from time `at` on, in order. Returns
// false at the end (e->status STATUS_OK) and at damage (STATUS_CORRUPT, STATUS_IO). data is good until
// the next call of any function here.
struct recording_message { enum channel channel; int64_t at; const uint8_t *data; size_t size; };
void recording_rewind(struct recording *r, int64_t at, unsigned mask);
bool recording_next(struct recording *r, struct recording_message *m, struct error *e);

// Give a message of "frames", "events", "kpi" or "decisions" to a decoder; other channels are passed over.
enum status recording_feed(const struct recording_message *m, struct frame_decoder *d, struct error *e);

// Bring a decoder to the picture at time `at`: the hello if it has none, the last keyframe at or before
// `at` (the first of all when there is none before), the last delta of that keyframe up to `at`, and
// the KPIs of then. Forgets where recording_next was.
// <= 200 ms for an hour of 200 robots.
enum status recording_seek(struct recording *r, int64_t at, struct frame_decoder *d, struct error *e);
