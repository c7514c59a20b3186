// The small messages of a recording that make a run repeatable: its layout, commands, digests, end.
//
// Each is one MessagePack value without a length prefix, as docs/protocol.md has them. Reading fills
// *out only when all of it is valid: false else. Texts point into the bytes.
#pragma once

#include "stream/cursor.h"
#include "stream/frame.h"

struct log_command {
  int64_t     given, at;            // ns, when it came; when it took effect
  bool        paused;               // the twin stood still when it came
  struct span text;                 // a happening as YAML
};
struct log_digest { int64_t second; uint64_t digest, events; };
struct log_end {
  struct span ended, why;           // "time", "parts", "deadlock", "fault" or "interrupted"; a sentence or ""
  bool        complete;
  int64_t     now;                  // ns
  uint64_t    digest, events;
};

enum status log_layout_write(const char *text, size_t size, struct bytes *out);
enum status log_command_write(const struct log_command *c, struct bytes *out);
enum status log_digest_write(const struct log_digest *d, struct bytes *out);
enum status log_end_write(const struct log_end *e, struct bytes *out);

bool log_layout_read(const uint8_t *data, size_t size, struct span *text);
bool log_command_read(const uint8_t *data, size_t size, struct log_command *out);
bool log_digest_read(const uint8_t *data, size_t size, struct log_digest *out);
bool log_end_read(const uint8_t *data, size_t size, struct log_end *out);
