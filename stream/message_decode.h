// The messages that are maps of words and numbers: hello, events, kpi, status, command.
//
// Each reads one body into storage of its own and changes nothing unless all of it is valid.
#pragma once

#include "stream/cursor.h"
#include "stream/frame.h"

// Owned copies of the texts of one message, each with an end mark.
struct hello_store  { bool have; struct frame_hello hello; char *text; const char **name; };
struct kpi_store    { int n; struct frame_kpi *kpi; char *text; };

struct event_store  {               // the newest, oldest first
  int                n;
  uint64_t           total;
  struct frame_event event[FRAME_EVENTS_KEPT];
  char               text[FRAME_EVENTS_KEPT][FRAME_TEXT_MAX + 1];
};
struct status_store { bool have; struct frame_status status; char message[FRAME_TEXT_MAX + 1]; };

enum status hello_read(struct hello_store *s, struct cursor *c, struct error *e);
enum status kpi_read(struct kpi_store *s, struct cursor *c, struct error *e);
enum status events_read(struct event_store *s, struct cursor *c, struct error *e);
enum status status_read(struct status_store *s, struct cursor *c, struct error *e);
void hello_finish(struct hello_store *s);
void kpi_finish(struct kpi_store *s);

enum status bad_stream(struct error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
