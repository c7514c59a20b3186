#include "stream/message_decode.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status bad_stream(struct error *e, const char *format, ...) {
  char text[256];
  va_list list;
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
  return error_at(e, STATUS_PROTOCOL, "", 0, 0, "%s", text);
}

// Texts of a message fit in a buffer of the size of the message: every one has a head of at least a byte.
static const char *keep(char **at, struct span s) {
  char *text = *at;
  if (s.size) memcpy(text, s.data, s.size);
  text[s.size] = 0;
  *at += s.size + 1;
  return text;
}

// ---- hello ----------------------------------------------------------------------------------------

void hello_finish(struct hello_store *s) {
  free(s->text);
  free(s->name);
  *s = (struct hello_store){ 0 };
}

// The count of names a list really has, so that the table of pointers is as long as it must be.
static uint32_t names_size(struct cursor c) {
  uint32_t total = 0, pairs = cursor_map(&c);
  for (uint32_t i = 0; i < pairs && !c.bad; i++) {
    cursor_text(&c);
    struct cursor look = c;
    uint32_t n = cursor_array(&look);
    if (!look.bad) total += n;
    cursor_skip(&c);
  }
  return total;
}

static int names_read(struct cursor *c, const char ***at, const char *const **names, char **text) {
  uint32_t n = cursor_array(c);
  *names = *at;
  for (uint32_t i = 0; i < n && !c->bad; i++) (*at)[i] = keep(text, cursor_text(c));
  if (c->bad) return 0;
  *at += n;
  return (int)n;
}

enum hello_key { HELLO_TAKT, HELLO_VERSION, HELLO_NAME, HELLO_FIDELITY, HELLO_SEED, HELLO_PARTS, HELLO_STATIONS, HELLO_FLEETS, HELLO_PLAN, HELLO_LAYOUT, HELLO_KEYS };
static const char *const hello_keys[] = { "takt", "version", "name", "fidelity", "seed", "parts", "stations", "fleets", "plan", "layout", NULL };

static int64_t hello_fill(struct frame_hello *h, struct cursor *c, char *text, const char **name, uint32_t *seen) {
  int64_t protocol = -1;
  uint32_t pairs = cursor_map(c);
  for (uint32_t i = 0; i < pairs && !c->bad; i++) {
    struct span key = cursor_text(c), s;
    switch (cursor_key(c, key, hello_keys, seen)) {
    case HELLO_TAKT:     protocol = cursor_integer(c); break;
    case HELLO_VERSION:  h->version = keep(&text, cursor_text(c)); break;
    case HELLO_NAME:     h->name = keep(&text, cursor_text(c)); break;
    case HELLO_FIDELITY: h->fidelity = keep(&text, cursor_text(c)); break;
    case HELLO_SEED:     h->seed = cursor_unsigned(c); break;
    case HELLO_PARTS:    h->part_count = names_read(c, &name, &h->parts, &text); break;
    case HELLO_STATIONS: h->station_count = names_read(c, &name, &h->stations, &text); break;
    case HELLO_FLEETS:   h->fleet_count = names_read(c, &name, &h->fleets, &text); break;
    case HELLO_PLAN:     s = cursor_text(c), h->plan = keep(&text, s), h->plan_size = s.size; break;
    case HELLO_LAYOUT:   s = cursor_text(c), h->layout = keep(&text, s), h->layout_size = s.size; break;
    default: cursor_skip(c); break;
    }
  }
  return protocol;
}

enum status hello_read(struct hello_store *s, struct cursor *c, struct error *e) {
  struct hello_store fresh = { .have = true };
  size_t size = (size_t)(c->end - c->at), names = names_size(*c);
  fresh.text = malloc(size + 1);
  fresh.name = calloc(names + 1, sizeof *fresh.name);
  if (!fresh.text || !fresh.name) {
    hello_finish(&fresh);
    return error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for a hello of %zu bytes", size);
  }
  uint32_t seen = 0;
  int64_t protocol = hello_fill(&fresh.hello, c, fresh.text, fresh.name, &seen);
  enum status status = STATUS_OK;
  if (!c->bad && (seen & 1u << HELLO_TAKT) && protocol != FRAME_VERSION)
    status = bad_stream(e, "the other end speaks version %lld of the protocol, this program version %d", (long long)protocol, FRAME_VERSION);
  else if (c->bad || seen != (1u << HELLO_KEYS) - 1)
    status = bad_stream(e, "the hello is not complete or has a value of the wrong kind");
  if (status != STATUS_OK) {
    hello_finish(&fresh);
    return status;
  }
  hello_finish(s);
  *s = fresh;
  return STATUS_OK;
}

// ---- kpi --------------------------------------------------------------------------------------------

void kpi_finish(struct kpi_store *s) {
  free(s->kpi);
  free(s->text);
  *s = (struct kpi_store){ 0 };
}

enum status kpi_read(struct kpi_store *s, struct cursor *c, struct error *e) {
  size_t size = (size_t)(c->end - c->at);
  uint32_t n = cursor_map(c);
  if (c->bad) return bad_stream(e, "the kpi frame is not a map");
  struct kpi_store fresh = { .n = (int)n };
  fresh.kpi = calloc((size_t)n + 1, sizeof *fresh.kpi);
  fresh.text = malloc(size + 1);
  if (!fresh.kpi || !fresh.text) {
    kpi_finish(&fresh);
    return error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for %u numbers", n);
  }
  char *text = fresh.text;
  for (uint32_t i = 0; i < n && !c->bad; i++) {
    fresh.kpi[i].path = keep(&text, cursor_text(c));
    fresh.kpi[i].value = cursor_nil(c) ? (double)__builtin_nan("") : cursor_number(c);
  }
  if (c->bad) {
    kpi_finish(&fresh);
    return bad_stream(e, "the kpi frame has a value that is not a number");
  }
  kpi_finish(s);
  *s = fresh;
  return STATUS_OK;
}

// ---- events -----------------------------------------------------------------------------------------

struct event_view { int64_t at; int64_t kind, row; struct span text; };

static struct event_view event_take(struct cursor *c) {
  static const char *const keys[] = { "at", "kind", "row", "text", NULL };
  struct event_view v = { 0 };
  uint32_t seen = 0, pairs = cursor_map(c);
  for (uint32_t i = 0; i < pairs && !c->bad; i++) {
    struct span key = cursor_text(c);
    switch (cursor_key(c, key, keys, &seen)) {
    case 0: v.at = cursor_integer(c); break;
    case 1: v.kind = cursor_integer(c); break;
    case 2: v.row = cursor_integer(c); break;
    case 3: v.text = cursor_text(c); break;
    default: cursor_skip(c); break;
    }
  }
  if (seen != 15 || v.at < 0 || v.kind < 0 || v.kind > 255 || v.row < -1 || v.row > INT32_MAX || v.text.size > FRAME_TEXT_MAX) c->bad = true;
  return v;
}

enum status events_read(struct event_store *s, struct cursor *c, struct error *e) {
  uint32_t n = cursor_array(c);
  struct cursor first = *c;
  for (uint32_t i = 0; i < n && !c->bad; i++) event_take(c);
  if (c->bad) return bad_stream(e, "the events frame has an entry that is not {at, kind, row, text}");

  // all is valid: make room at the end by dropping the oldest
  uint32_t skip = n > FRAME_EVENTS_KEPT ? n - FRAME_EVENTS_KEPT : 0;
  int fresh = (int)(n - skip), keep_old = s->n + fresh > FRAME_EVENTS_KEPT ? FRAME_EVENTS_KEPT - fresh : s->n;
  int drop = s->n - keep_old;
  memmove(s->event, s->event + drop, (size_t)keep_old * sizeof s->event[0]);
  memmove(s->text, s->text + drop, (size_t)keep_old * sizeof s->text[0]);
  s->n = keep_old;
  for (uint32_t i = 0; i < n; i++) {
    struct event_view v = event_take(&first);
    if (i < skip) continue;
    char *text = s->text[s->n];
    keep(&text, v.text);
    s->event[s->n++] = (struct frame_event){ .at = v.at, .kind = (uint8_t)v.kind, .row = (int32_t)v.row };
  }
  for (int i = 0; i < s->n; i++) s->event[i].text = s->text[i];
  s->total += n;
  return STATUS_OK;
}

// ---- status and command -------------------------------------------------------------------------------

enum status status_read(struct status_store *s, struct cursor *c, struct error *e) {
  static const char *const keys[] = { "now", "paused", "ended", "speed_asked", "speed_achieved", "message", "may_command", NULL };
  struct status_store fresh = { .have = true };
  struct span message = { 0 };
  uint32_t seen = 0, pairs = cursor_map(c);
  for (uint32_t i = 0; i < pairs && !c->bad; i++) {
    struct span key = cursor_text(c);
    switch (cursor_key(c, key, keys, &seen)) {
    case 0: fresh.status.now = cursor_integer(c); break;
    case 1: fresh.status.paused = cursor_bool(c); break;
    case 2: fresh.status.ended = cursor_bool(c); break;
    case 3: fresh.status.speed_asked = cursor_number(c); break;
    case 4: fresh.status.speed_achieved = cursor_number(c); break;
    case 5: message = cursor_text(c); break;
    case 6: fresh.status.may_command = cursor_bool(c); break;
    default: cursor_skip(c); break;
    }
  }
  if (c->bad || seen != 127 || fresh.status.now < 0 || message.size >= sizeof fresh.message ||
      fresh.status.speed_asked < 0 || fresh.status.speed_achieved < 0)
    return bad_stream(e, "the status is not complete or has a value outside its limits");
  char *text = fresh.message;
  keep(&text, message);
  *s = fresh;
  s->status.message = s->message;
  return STATUS_OK;
}

static void command_text(struct cursor *c, char *to, size_t capacity) {
  struct span s = cursor_text(c);
  if (s.size >= capacity) c->bad = true;
  else keep(&to, s);
}

enum status frame_command_read(const uint8_t *data, size_t size, struct frame_command *out, struct error *e) {
  static const char *const keys[] = { "what", "value", "text", "token", NULL };
  static const char *const whats[] = { "hello", "pause", "play", "step", "speed", "look", "do", "quit", NULL };
  if (size > FRAME_MAX_CLIENT) return bad_stream(e, "a command of %zu bytes is longer than %u", size, FRAME_MAX_CLIENT);
  if (!frame_skim(data, size)) return bad_stream(e, "the message is not one whole MessagePack value within the limits");
  struct cursor c = { data, data + size, false };
  if (cursor_array(&c) != 2 || cursor_integer(&c) != FRAME_COMMAND || c.bad) return bad_stream(e, "a client may send commands only");
  struct frame_command fresh = { 0 };
  uint32_t seen = 0, known = 0, pairs = cursor_map(&c);
  for (uint32_t i = 0; i < pairs && !c.bad; i++) {
    struct span key = cursor_text(&c);
    switch (cursor_key(&c, key, keys, &seen)) {
    case 0: command_text(&c, fresh.what, sizeof fresh.what); break;
    case 1: fresh.value = cursor_nil(&c) ? 0 : cursor_number(&c); break;
    case 2: command_text(&c, fresh.text, sizeof fresh.text); break;
    case 3: command_text(&c, fresh.token, sizeof fresh.token); break;
    default: cursor_skip(&c); break;
    }
  }
  if (c.bad || !(seen & 1)) return bad_stream(e, "the command is not complete or has a value outside its limits");
  struct span what = { (const uint8_t *)fresh.what, strlen(fresh.what) };
  if (cursor_key(&c, what, whats, &known) < 0) return bad_stream(e, "no command of that name");
  if (!strcmp(fresh.what, "speed") && !(fresh.value >= 0 && fresh.value <= 1e6)) return bad_stream(e, "a speed is between 0 and 1e6 times real time");
  if (!strcmp(fresh.what, "look") && !(fresh.value >= 0 && fresh.value <= 4294967295.0)) return bad_stream(e, "who is looked at is the id of a robot");
  *out = fresh;
  return STATUS_OK;
}
