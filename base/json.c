#include "base/json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX ((int)(sizeof((struct json *)0)->comma / sizeof(bool)))

static void put(struct json *j, const char *bytes, size_t size) {
  if (j->size + size + 1 > j->capacity) {
    size_t capacity = j->capacity ? j->capacity : 256;
    while (capacity < j->size + size + 1) capacity *= 2;
    char *text = realloc(j->text, capacity);
    if (text == NULL) abort();      // a document of our own making has no fault to report
    j->text     = text;
    j->capacity = capacity;
  }
  memcpy(j->text + j->size, bytes, size);
  j->size += size;
  j->text[j->size] = 0;
}

static void put_line(struct json *j) {
  put(j, "\n", 1);
  for (int i = 0; i < j->depth; i++) put(j, "  ", 2);
}

// What stands between the value before and the next one.
static void begin_value(struct json *j) {
  if (j->after_key) {
    j->after_key = false;
    return;
  }
  if (j->comma[j->depth]) put(j, ",", 1);
  j->comma[j->depth] = true;
  if (j->depth > 0 && j->pretty) put_line(j);
}

void json_init(struct json *j, bool pretty) {
  *j = (struct json){.pretty = pretty};
  put(j, "", 0);
}

void json_finish(struct json *j) {
  free(j->text);
  *j = (struct json){0};
}

static void open(struct json *j, const char *bracket) {
  begin_value(j);
  put(j, bracket, 1);
  assert(j->depth + 1 < DEPTH_MAX);
  j->comma[++j->depth] = false;
}

static void close(struct json *j, const char *bracket) {
  assert(j->depth > 0);
  assert(!j->after_key);
  bool filled = j->comma[j->depth--];
  if (filled && j->pretty) put_line(j);
  put(j, bracket, 1);
}

void json_object(struct json *j)     { open(j, "{"); }
void json_object_end(struct json *j) { close(j, "}"); }
void json_list(struct json *j)       { open(j, "["); }
void json_list_end(struct json *j)   { close(j, "]"); }

// Bytes of a valid UTF-8 character at s, 0 for none.
static size_t character(const unsigned char *s) {
  if (s[0] < 0x80) return 1;
  size_t n = s[0] >= 0xC2 && s[0] < 0xE0 ? 2 : s[0] >= 0xE0 && s[0] < 0xF0 ? 3 : s[0] >= 0xF0 && s[0] < 0xF5 ? 4 : 0;
  for (size_t i = 1; i < n; i++)
    if ((s[i] & 0xC0) != 0x80) return 0;
  if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] >= 0xA0)) return 0;
  if ((s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] >= 0x90)) return 0;
  return n;
}

// Text in quotes; bytes that are no UTF-8 become U+FFFD, so that every reader takes the document.
static void put_quoted(struct json *j, const char *text) {
  put(j, "\"", 1);
  for (const unsigned char *p = (const unsigned char *)text; *p; ) {
    static const char plain[] = "\"\\\b\f\n\r\t", named[] = "\"\\bfnrt";
    const char *found = strchr(plain, *p);
    size_t n = character(p);
    if (found != NULL) {
      put(j, (char[]){'\\', named[found - plain]}, 2);
    } else if (*p < 0x20 || *p == 0x7F) {
      char escape[8];
      put(j, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", *p));
    } else if (n == 0) {
      put(j, "\xEF\xBF\xBD", 3);
    } else {
      put(j, (const char *)p, n);
    }
    p += n ? n : 1;
  }
  put(j, "\"", 1);
}

void json_key(struct json *j, const char *key) {
  assert(j->depth > 0);
  begin_value(j);
  put_quoted(j, key);
  put(j, ": ", j->pretty ? 2 : 1);
  j->after_key = true;
}

void json_text(struct json *j, const char *text) {
  begin_value(j);
  put_quoted(j, text);
}

void json_number(struct json *j, double value) {
  if (!isfinite(value)) {
    json_null(j);
    return;
  }
  begin_value(j);
  char text[32];
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  put(j, text, strlen(text));
}

void json_integer(struct json *j, int64_t value) {
  begin_value(j);
  char text[32];
  put(j, text, (size_t)snprintf(text, sizeof text, "%lld", (long long)value));
}

void json_bool(struct json *j, bool value) {
  begin_value(j);
  put(j, value ? "true" : "false", value ? 4 : 5);
}

void json_null(struct json *j) {
  begin_value(j);
  put(j, "null", 4);
}
