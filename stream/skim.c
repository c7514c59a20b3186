#include "stream/frame.h"

#define DEPTH_MAX    16
#define ELEMENTS_MAX 65536

static uint32_t big_endian(const uint8_t *p, int bytes) {
  uint32_t v = 0;
  for (int i = 0; i < bytes; i++) v = v << 8 | p[i];
  return v;
}

// What follows a type byte: `length` bytes of a declared count, then `fixed` bytes of body or as many
// bytes (text, bin) or children (array, map) as the count says.
struct head { int length; uint32_t fixed; enum { HEAD_PLAIN, HEAD_BYTES, HEAD_ARRAY, HEAD_MAP, HEAD_BAD } kind; };

static struct head head_of(uint8_t byte) {
  if (byte <= 0x7f || byte >= 0xe0) return (struct head){ 0, 0, HEAD_PLAIN };
  if (byte <= 0x8f) return (struct head){ 0, byte & 15u, HEAD_MAP };
  if (byte <= 0x9f) return (struct head){ 0, byte & 15u, HEAD_ARRAY };
  if (byte <= 0xbf) return (struct head){ 0, byte & 31u, HEAD_PLAIN };
  switch (byte) {
  case 0xc0: case 0xc2: case 0xc3: return (struct head){ 0, 0, HEAD_PLAIN };
  case 0xcc: case 0xd0: return (struct head){ 0, 1, HEAD_PLAIN };
  case 0xcd: case 0xd1: return (struct head){ 0, 2, HEAD_PLAIN };
  case 0xca: case 0xce: case 0xd2: return (struct head){ 0, 4, HEAD_PLAIN };
  case 0xcb: case 0xcf: case 0xd3: return (struct head){ 0, 8, HEAD_PLAIN };
  case 0xc4: case 0xd9: return (struct head){ 1, 0, HEAD_BYTES };
  case 0xc5: case 0xda: return (struct head){ 2, 0, HEAD_BYTES };
  case 0xc6: case 0xdb: return (struct head){ 4, 0, HEAD_BYTES };
  case 0xdc: return (struct head){ 2, 0, HEAD_ARRAY };
  case 0xdd: return (struct head){ 4, 0, HEAD_ARRAY };
  case 0xde: return (struct head){ 2, 0, HEAD_MAP };
  case 0xdf: return (struct head){ 4, 0, HEAD_MAP };
  default: return (struct head){ 0, 0, HEAD_BAD };              // 0xc1 and extension types
  }
}

bool frame_skim(const uint8_t *data, size_t size) {
  uint32_t open[DEPTH_MAX];         // children still to come, for every array and map we are in
  int depth = 0, elements = 0;
  size_t at = 0;
  do {
    if (at == size || ++elements > ELEMENTS_MAX) return false;
    struct head h = head_of(data[at++]);
    if (h.kind == HEAD_BAD || size - at < (size_t)h.length) return false;
    uint32_t count = h.length ? big_endian(data + at, h.length) : h.fixed;
    at += (size_t)h.length;
    if (depth) open[depth - 1]--;

    // every declared count is at most the bytes that remain: a child takes at least one
    if (count > size - at) return false;
    if (h.kind == HEAD_PLAIN || h.kind == HEAD_BYTES) {
      at += count;
    } else {
      if (h.kind == HEAD_MAP && count > (size - at) / 2) return false;
      if (depth == DEPTH_MAX) return false;
      open[depth++] = h.kind == HEAD_MAP ? count * 2 : count;
    }
    while (depth && open[depth - 1] == 0) depth--;
  } while (depth);
  return at == size;
}
