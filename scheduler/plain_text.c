#include "scheduler/plain_text.h"

#include <string.h>

enum status plain_text(const char *file, const char **text, size_t *size, struct error *e) {
  if (*size >= 3 && !memcmp(*text, "\xEF\xBB\xBF", 3)) *text += 3, *size -= 3;
  const char *zero = *size ? memchr(*text, 0, *size) : NULL;
  if (!zero) return STATUS_OK;
  int line = 1;
  const char *begin = *text;
  for (const char *p = *text; p < zero; p++)
    if (*p == '\n') line++, begin = p + 1;
  return error_at(e, STATUS_SYNTAX, file, line, (int)(zero - begin) + 1, "a byte of 0 stands here, so this is not plain text (UTF-16, perhaps?)");
}
