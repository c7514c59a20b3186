#include "stream/log.h"

#include "stream/pack.h"

enum status log_layout_write(const char *text, size_t size, struct bytes *out) {
  struct pack p;
  pack_bare(&p, out);
  pack_text_n(&p, text, size);
  return pack_bare_end(&p);
}

enum status log_command_write(const struct log_command *c, struct bytes *out) {
  struct pack p;
  pack_bare(&p, out);
  msgpack_pack_map(&p.packer, 4);
  pack_key_integer(&p, "given", c->given);
  pack_key_integer(&p, "at", c->at);
  pack_key_bool(&p, "paused", c->paused);
  pack_text(&p, "text");
  pack_text_n(&p, (const char *)c->text.data, c->text.size);
  return pack_bare_end(&p);
}

static void pack_key_unsigned(struct pack *p, const char *key, uint64_t value) {
  pack_text(p, key);
  msgpack_pack_uint64(&p->packer, value);
}

enum status log_digest_write(const struct log_digest *d, struct bytes *out) {
  struct pack p;
  pack_bare(&p, out);
  msgpack_pack_map(&p.packer, 3);
  pack_key_integer(&p, "second", d->second);
  pack_key_unsigned(&p, "digest", d->digest);
  pack_key_unsigned(&p, "events", d->events);
  return pack_bare_end(&p);
}

enum status log_end_write(const struct log_end *e, struct bytes *out) {
  struct pack p;
  pack_bare(&p, out);
  msgpack_pack_map(&p.packer, 6);
  pack_text(&p, "ended");
  pack_text_n(&p, (const char *)e->ended.data, e->ended.size);
  pack_text(&p, "why");
  pack_text_n(&p, (const char *)e->why.data, e->why.size);
  pack_key_bool(&p, "complete", e->complete);
  pack_key_integer(&p, "now", e->now);
  pack_key_unsigned(&p, "digest", e->digest);
  pack_key_unsigned(&p, "events", e->events);
  return pack_bare_end(&p);
}

// ---- reading ----------------------------------------------------------------------------------------------

bool log_layout_read(const uint8_t *data, size_t size, struct span *text) {
  struct cursor c = { data, data + size, false };
  struct span s = cursor_text(&c);
  if (c.bad || c.at != c.end) return false;
  *text = s;
  return true;
}

bool log_command_read(const uint8_t *data, size_t size, struct log_command *out) {
  static const char *const keys[] = { "given", "at", "paused", "text", NULL };
  struct cursor c = { data, data + size, false };
  struct log_command v = { 0 };
  uint32_t seen = 0, pairs = cursor_map(&c);
  for (uint32_t i = 0; i < pairs && !c.bad; i++) {
    struct span key = cursor_text(&c);
    switch (cursor_key(&c, key, keys, &seen)) {
    case 0: v.given = cursor_integer(&c); break;
    case 1: v.at = cursor_integer(&c); break;
    case 2: v.paused = cursor_bool(&c); break;
    case 3: v.text = cursor_text(&c); break;
    default: cursor_skip(&c); break;
    }
  }
  if (c.bad || seen != 15 || v.given < 0) return false;
  *out = v;
  return true;
}

bool log_digest_read(const uint8_t *data, size_t size, struct log_digest *out) {
  static const char *const keys[] = { "second", "digest", "events", NULL };
  struct cursor c = { data, data + size, false };
  struct log_digest v = { 0 };
  uint32_t seen = 0, pairs = cursor_map(&c);
  for (uint32_t i = 0; i < pairs && !c.bad; i++) {
    struct span key = cursor_text(&c);
    switch (cursor_key(&c, key, keys, &seen)) {
    case 0: v.second = cursor_integer(&c); break;
    case 1: v.digest = cursor_unsigned(&c); break;
    case 2: v.events = cursor_unsigned(&c); break;
    default: cursor_skip(&c); break;
    }
  }
  if (c.bad || seen != 7 || v.second < 0 || v.second > INT64_MAX / 1000000000) return false;
  *out = v;
  return true;
}

bool log_end_read(const uint8_t *data, size_t size, struct log_end *out) {
  static const char *const keys[] = { "ended", "why", "complete", "now", "digest", "events", NULL };
  struct cursor c = { data, data + size, false };
  struct log_end v = { 0 };
  uint32_t seen = 0, pairs = cursor_map(&c);
  for (uint32_t i = 0; i < pairs && !c.bad; i++) {
    struct span key = cursor_text(&c);
    switch (cursor_key(&c, key, keys, &seen)) {
    case 0: v.ended = cursor_text(&c); break;
    case 1: v.why = cursor_text(&c); break;
    case 2: v.complete = cursor_bool(&c); break;
    case 3: v.now = cursor_integer(&c); break;
    case 4: v.digest = cursor_unsigned(&c); break;
    case 5: v.events = cursor_unsigned(&c); break;
    default: cursor_skip(&c); break;
    }
  }
  if (c.bad || seen != 63 || v.now < 0) return false;
  *out = v;
  return true;
}
