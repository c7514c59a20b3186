#include <string.h>

#include "stream/frame.h"
#include "stream/pack.h"

static void pack_names(struct pack *p, const char *key, const char *const *name, int n) {
  pack_text(p, key);
  msgpack_pack_array(&p->packer, (size_t)n);
  for (int i = 0; i < n; i++) pack_text(p, name[i]);
}

enum status frame_hello_write(const struct frame_hello *h, struct bytes *out) {
  struct pack p;
  pack_begin(&p, out, FRAME_HELLO);
  msgpack_pack_map(&p.packer, 10);
  pack_key_integer(&p, "takt", FRAME_VERSION);
  pack_key_text(&p, "version", h->version);
  pack_key_text(&p, "name", h->name);
  pack_key_text(&p, "fidelity", h->fidelity);
  pack_text(&p, "seed");
  msgpack_pack_uint64(&p.packer, h->seed);
  pack_names(&p, "parts", h->parts, h->part_count);
  pack_names(&p, "stations", h->stations, h->station_count);
  pack_names(&p, "fleets", h->fleets, h->fleet_count);
  pack_text(&p, "plan");
  pack_text_n(&p, h->plan, h->plan_size);
  pack_text(&p, "layout");
  pack_text_n(&p, h->layout, h->layout_size);
  return pack_end(&p, FRAME_MAX);
}

enum status frame_events_write(const struct frame_event *e, int n, struct bytes *out) {
  struct pack p;
  pack_begin(&p, out, FRAME_EVENTS);
  msgpack_pack_array(&p.packer, (size_t)n);
  for (int i = 0; i < n; i++) {
    msgpack_pack_map(&p.packer, 4);
    pack_key_integer(&p, "at", e[i].at);
    pack_key_integer(&p, "kind", e[i].kind);
    pack_key_integer(&p, "row", e[i].row);
    pack_key_text_cut(&p, "text", e[i].text, FRAME_TEXT_MAX);
  }
  return pack_end(&p, FRAME_MAX);
}

enum status frame_kpi_write(const struct frame_kpi *k, int n, struct bytes *out) {
  struct pack p;
  pack_begin(&p, out, FRAME_KPI);
  msgpack_pack_map(&p.packer, (size_t)n);
  for (int i = 0; i < n; i++) pack_key_number(&p, k[i].path, k[i].value);
  return pack_end(&p, FRAME_MAX);
}

// may_command comes last, so that its byte is the last of the message (frame_status_role)
enum status frame_status_write(const struct frame_status *s, struct bytes *out) {
  struct pack p;
  pack_begin(&p, out, FRAME_STATUS);
  msgpack_pack_map(&p.packer, 7);
  pack_key_integer(&p, "now", s->now);
  pack_key_bool(&p, "paused", s->paused);
  pack_key_bool(&p, "ended", s->ended);
  pack_key_number(&p, "speed_asked", s->speed_asked);
  pack_key_number(&p, "speed_achieved", s->speed_achieved);
  pack_key_text_cut(&p, "message", s->message, FRAME_TEXT_MAX);
  pack_key_bool(&p, "may_command", s->may_command);
  return pack_end(&p, FRAME_MAX);
}

void frame_status_role(struct bytes *message, bool may_command) {
  if (frame_type_of(message) == FRAME_STATUS) message->data[message->size - 1] = may_command ? 0xc3 : 0xc2;
}

enum frame_type frame_type_of(const struct bytes *message) {
  if (message->size < 7 || message->data[4] != 0x92) return 0;
  uint8_t type = message->data[5];
  return type >= FRAME_HELLO && type <= FRAME_PLANNED ? (enum frame_type)type : 0;
}

enum status frame_command_write(const struct frame_command *c, struct bytes *out) {
  struct pack p;
  pack_begin(&p, out, FRAME_COMMAND);
  msgpack_pack_map(&p.packer, 4);
  pack_key_text(&p, "what", c->what);
  pack_key_number(&p, "value", c->value);
  pack_key_text(&p, "text", c->text);
  pack_key_text(&p, "token", c->token);
  return pack_end(&p, FRAME_MAX_CLIENT);
}
