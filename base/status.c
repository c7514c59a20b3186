#include "base/status.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

const char *status_text(enum status s) {
  static const char *const texts[STATUS_COUNT] = {
#define X(name, text) [name] = text,
    STATUS_MAP(X)
#undef X
  };
  if ((unsigned)s >= STATUS_COUNT) return "unknown status";
  return texts[s];
}

int status_exit_code(enum status s) {
  switch (s) {
  case STATUS_OK:          return 0;
  case STATUS_DIFFERS:     return 1;
  case STATUS_USAGE:       return 2;
  case STATUS_SYNTAX:
  case STATUS_KEY:
  case STATUS_TYPE:
  case STATUS_RANGE:
  case STATUS_REF:
  case STATUS_CONFLICT:
  case STATUS_UNREACHABLE:
  case STATUS_UNBUILT:
  case STATUS_LIMIT:       return 3;
  case STATUS_IO:
  case STATUS_PROTOCOL:
  case STATUS_CORRUPT:     return 4;
  case STATUS_MEMORY:
  case STATUS_INTERNAL:
  case STATUS_COUNT:       break;
  }
  return 5;
}

void status_printable(char *text) {
  for (unsigned char *p = (unsigned char *)text; *p; p++)
    if (*p < 0x20 || *p == 0x7F || (*p == 0xC2 && p[1] >= 0x80 && p[1] < 0xA0)) *p = '?';
}

enum status error_at(struct error *e, enum status s, const char *file, int line, int column,
                     const char *format, ...) {
  assert(format != NULL);
  if (e == NULL) return s;
  e->status = s;
  e->line   = line;
  e->column = column;
  snprintf(e->file, sizeof e->file, "%s", file ? file : "");

  va_list list;
  va_start(list, format);
  vsnprintf(e->text, sizeof e->text, format, list);
  va_end(list);
  status_printable(e->text);
  return s;
}
