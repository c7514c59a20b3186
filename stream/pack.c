#include "stream/pack.h"

#include <stdlib.h>
#include <string.h>

#include "stream/cursor.h"

void bytes_finish(struct bytes *b) {
  free(b->data);
  *b = (struct bytes){ 0 };
}

bool bytes_reserve(struct bytes *b, size_t more) {
  if (more <= b->capacity - b->size) return true;
  size_t capacity = b->capacity ? b->capacity : 1024;
  while (capacity - b->size < more) capacity *= 2;
  uint8_t *larger = realloc(b->data, capacity);
  if (!larger) return false;
  b->data = larger;
  b->capacity = capacity;
  return true;
}

bool bytes_append(struct bytes *b, const void *data, size_t size) {
  if (!bytes_reserve(b, size)) return false;
  if (size) memcpy(b->data + b->size, data, size);
  b->size += size;
  return true;
}

// no memory: cut back what was written, and let pack_end tell
static void fail(struct pack *p) {
  if (p->start != SIZE_MAX) p->out->size = p->start;
  p->start = SIZE_MAX;
}

static int write_bytes(void *data, const char *bytes, size_t size) {
  struct pack *p = data;
  if (p->start != SIZE_MAX && bytes_append(p->out, bytes, size)) return 0;
  fail(p);
  return -1;
}

void pack_begin(struct pack *p, struct bytes *out, enum frame_type type) {
  p->out = out;
  p->start = out->size;
  msgpack_packer_init(&p->packer, p, write_bytes);
  write_bytes(p, "\0\0\0", 4);      // the length, known at the end
  msgpack_pack_array(&p->packer, 2);
  msgpack_pack_int(&p->packer, type);
}

enum status pack_end(struct pack *p, size_t size_max) {
  if (p->start == SIZE_MAX) return STATUS_MEMORY;
  size_t size = p->out->size - p->start - 4;
  if (size > size_max || !frame_skim(p->out->data + p->start + 4, size)) {
    p->out->size = p->start;
    return STATUS_LIMIT;
  }
  uint8_t *prefix = p->out->data + p->start;
  for (int i = 0; i < 4; i++) prefix[i] = (uint8_t)(size >> (8 * i));
  return STATUS_OK;
}

void pack_bare(struct pack *p, struct bytes *out) {
  p->out = out;
  p->start = out->size;
  msgpack_packer_init(&p->packer, p, write_bytes);
}

enum status pack_bare_end(struct pack *p) { return p->start == SIZE_MAX ? STATUS_MEMORY : STATUS_OK; }

// A reader refuses text that is not UTF-8, so bytes that are not (a name cut short) become question marks.
void pack_text_n(struct pack *p, const char *text, size_t size) {
  msgpack_pack_str(&p->packer, size);
  size_t start = p->out->size;
  msgpack_pack_str_body(&p->packer, text, size);
  if (p->start == SIZE_MAX || utf8_valid((const uint8_t *)text, size)) return;
  for (uint8_t *at = p->out->data + start, *end = at + size; at < end;) {
    size_t whole = 1;
    while (whole < 4 && whole < (size_t)(end - at) && !utf8_valid(at, whole)) whole++;
    if (!utf8_valid(at, whole)) {
      *at = '?';
      whole = 1;
    }
    at += whole;
  }
}

void pack_key_text_cut(struct pack *p, const char *key, const char *text, size_t size_max) {
  size_t size = text ? strlen(text) : 0;
  if (size > size_max)
    for (size = size_max; size > 0 && ((uint8_t)text[size] & 0xc0) == 0x80;) size--;
  pack_text(p, key);
  pack_text_n(p, text ? text : "", size);
}

void pack_text(struct pack *p, const char *text) {
  pack_text_n(p, text ? text : "", text ? strlen(text) : 0);
}

void pack_number(struct pack *p, double value) {
  if (value - value == 0) msgpack_pack_double(&p->packer, value);
  else msgpack_pack_nil(&p->packer);
}

void pack_key_integer(struct pack *p, const char *key, int64_t value) {
  pack_text(p, key);
  msgpack_pack_int64(&p->packer, value);
}

void pack_key_text(struct pack *p, const char *key, const char *text) {
  pack_text(p, key);
  pack_text(p, text);
}

void pack_key_bool(struct pack *p, const char *key, bool value) {
  pack_text(p, key);
  if (value) msgpack_pack_true(&p->packer);
  else msgpack_pack_false(&p->packer);
}

void pack_key_number(struct pack *p, const char *key, double value) {
  pack_text(p, key);
  pack_number(p, value);
}

uint8_t *pack_bin(struct pack *p, size_t size) {
  msgpack_pack_bin(&p->packer, size);
  if (p->start == SIZE_MAX) return NULL;
  if (!bytes_reserve(p->out, size)) {
    fail(p);
    return NULL;
  }
  uint8_t *at = p->out->data + p->out->size;
  p->out->size += size;
  return at;
}
