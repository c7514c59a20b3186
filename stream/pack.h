// Writing one message into a byte buffer with msgpack-c: length prefix, [type, body].
//
//   struct pack p; pack_begin(&p, out, FRAME_KPI);
//   msgpack_pack_map(&p.packer, 1); pack_text(&p, "kpi.made"); msgpack_pack_double(&p.packer, 5);
//   return pack_end(&p, FRAME_MAX);
#pragma once

#include <msgpack.h>

#include "stream/frame.h"

struct pack {
  msgpack_packer packer;
  struct bytes  *out;
  size_t         start;             // where the message begins in out
};

void pack_begin(struct pack *p, struct bytes *out, enum frame_type type);
// Write the length. STATUS_MEMORY, or STATUS_LIMIT when it is more than size_max or than frame_skim
// lets through; then out is cut back to where it was.
enum status pack_end(struct pack *p, size_t size_max);

// The same for a value on its own, as recordings hold them: no prefix, no type.
void pack_bare(struct pack *p, struct bytes *out);
enum status pack_bare_end(struct pack *p);

void pack_text(struct pack *p, const char *text);             // NULL: ""
void pack_text_n(struct pack *p, const char *text, size_t size);
void pack_key_integer(struct pack *p, const char *key, int64_t value);
void pack_key_text(struct pack *p, const char *key, const char *text);
void pack_key_text_cut(struct pack *p, const char *key, const char *text, size_t size_max);  // at a letter's end
void pack_key_bool(struct pack *p, const char *key, bool value);
void pack_key_number(struct pack *p, const char *key, double value);   // not finite: nil
void pack_number(struct pack *p, double value);

// A bin of size bytes; returns where to write them (good until the next call), NULL without memory.
uint8_t *pack_bin(struct pack *p, size_t size);
