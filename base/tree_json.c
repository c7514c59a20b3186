// JSON into a tree: RFC 8259 and no more. Own, because no library gives marks.
#include "base/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/tree_build.h"

struct reader {
  struct builder b;
  const char    *text;
  size_t         size, at;          // bytes
  uint32_t       line;
  size_t         counted;           // columns are counted up to here
  uint32_t       column;            // of the byte `counted`
  char          *scratch;           // decoded strings
};

// Place of a byte that is not before the last one asked for.
static struct mark mark_at(struct reader *r, size_t begin) {
  for (; r->counted < begin; r->counted++) {
    unsigned char c = (unsigned char)r->text[r->counted];
    bool breaks = c == '\n' || (c == '\r' && (r->counted + 1 >= r->size || r->text[r->counted + 1] != '\n'));
    if (breaks) r->line++, r->column = 1;
    else if ((c & 0xC0) != 0x80) r->column++;
  }
  return (struct mark){r->line, r->column, (uint32_t)begin, (uint32_t)begin};
}

static bool wrong(struct reader *r, const char *sentence) {
  struct mark m = mark_at(r, r->at);
  if (r->at < r->size) m.end++;
  return builder_fault(&r->b, STATUS_SYNTAX, m, "%s", sentence);
}

static char peek(const struct reader *r) { return r->at < r->size ? r->text[r->at] : 0; }

static void skip_blanks(struct reader *r) {
  while (r->at < r->size && strchr(" \t\r\n", r->text[r->at]) != NULL) r->at++;
}

// Four hex digits at p, or -1.
static int hex4(const struct reader *r, size_t p) {
  if (r->size - p < 4) return -1;
  int value = 0;
  for (size_t i = p; i < p + 4; i++) {
    char c = r->text[i];
    int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return -1;
    value = 16 * value + digit;
  }
  return value;
}

static size_t utf8_put(char *out, unsigned code) {
  if (code < 0x80) {
    out[0] = (char)code;
    return 1;
  }
  size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = n - 1; i > 0; i--, code >>= 6) out[i] = (char)(0x80 | (code & 0x3F));
  out[0] = (char)((0xF00u >> n & 0xFF) | code);
  return n;
}

// \uXXXX at r->at (on the backslash); pairs make one character.
static bool read_unicode(struct reader *r, size_t *n) {
  int high = hex4(r, r->at + 2);
  if (high < 0) return wrong(r, "four hexadecimal digits are missing in this escape");
  if (high == 0) return wrong(r, "a NUL character stands in this text");
  if (high >= 0xDC00 && high < 0xE000) return wrong(r, "this half of a surrogate pair stands alone");
  unsigned code = (unsigned)high;
  size_t length = 6;
  if (high >= 0xD800 && high < 0xDC00) {
    bool second = r->size - r->at >= 12 && r->text[r->at + 6] == '\\' && r->text[r->at + 7] == 'u';
    int low = second ? hex4(r, r->at + 8) : -1;
    if (low < 0xDC00 || low >= 0xE000) return wrong(r, "this half of a surrogate pair stands alone");
    code = 0x10000 + (((unsigned)high & 0x3FF) << 10) + ((unsigned)low & 0x3FF);
    length = 12;
  }
  *n += utf8_put(r->scratch + *n, code);
  r->at += length;
  return true;
}

// The string at r->at into scratch; *m is its place with the quotes.
static bool read_string(struct reader *r, size_t *n, struct mark *m) {
  *m = mark_at(r, r->at);
  *n = 0;
  size_t open = r->at++;
  for (;;) {
    if (r->at >= r->size || r->text[r->at] == '\n' || r->text[r->at] == '\r') {
      r->at = open;
      return wrong(r, "this quote is never closed on its line");
    }
    unsigned char c = (unsigned char)r->text[r->at];
    if (c == '"') break;
    if (c < 0x20) return wrong(r, "a control character in a text must be written as an escape");
    if (c != '\\') {
      r->scratch[(*n)++] = (char)c;
      r->at++;
      continue;
    }
    char e = r->at + 1 < r->size ? r->text[r->at + 1] : 0;
    if (e == 'u') {
      if (r->size - r->at < 6) return wrong(r, "four hexadecimal digits are missing in this escape");
      if (!read_unicode(r, n)) return false;
      continue;
    }
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char *found = e ? strchr(names, e) : NULL;
    if (found == NULL) return wrong(r, "this escape is unknown");
    r->scratch[(*n)++] = values[found - names];
    r->at += 2;
  }
  r->at++;
  m->end = (uint32_t)r->at;
  return true;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool read_number(struct reader *r) {
  struct mark m = mark_at(r, r->at);
  size_t begin = r->at;
  if (peek(r) == '-') r->at++;
  if (!is_digit(peek(r))) return wrong(r, "a digit is missing in this number");
  if (peek(r) == '0') {
    r->at++;
    if (is_digit(peek(r))) return wrong(r, "a number cannot begin with 0 before other digits");
  }
  while (is_digit(peek(r))) r->at++;
  if (peek(r) == '.') {
    r->at++;
    if (!is_digit(peek(r))) return wrong(r, "a digit is missing behind the point of this number");
    while (is_digit(peek(r))) r->at++;
  }
  if (peek(r) == 'e' || peek(r) == 'E') {
    r->at++;
    if (peek(r) == '+' || peek(r) == '-') r->at++;
    if (!is_digit(peek(r))) return wrong(r, "a digit is missing in the exponent of this number");
    while (is_digit(peek(r))) r->at++;
  }
  m.end = (uint32_t)r->at;
  return builder_scalar(&r->b, r->text + begin, r->at - begin, false, m);
}

static bool read_word(struct reader *r, const char *word) {
  size_t n = strlen(word);
  if (r->size - r->at < n || memcmp(r->text + r->at, word, n) != 0) return wrong(r, "a value is expected here");
  struct mark m = mark_at(r, r->at);
  r->at += n;
  m.end = (uint32_t)r->at;
  return builder_scalar(&r->b, word, n, false, m);
}

// "key": and the blanks behind it.
static bool read_key(struct reader *r) {
  if (peek(r) != '"') return wrong(r, "a key in double quotes is expected here");
  size_t n;
  struct mark m;
  if (!read_string(r, &n, &m)) return false;
  if (!builder_key(&r->b, r->scratch, n, m)) return false;
  skip_blanks(r);
  if (peek(r) != ':') return wrong(r, "a ':' is missing behind this key");
  r->at++;
  skip_blanks(r);
  return true;
}

static bool read_value(struct reader *r);

// The entries of the map or list that r->at opens; depth is bounded by the builder.
static bool read_entries(struct reader *r, enum node_kind kind, char close) {
  struct mark from = mark_at(r, r->at);
  char open = r->text[r->at];
  if (!builder_open(&r->b, kind, true, from)) return false;
  r->at++;
  skip_blanks(r);
  bool more = peek(r) != close;
  while (more) {
    if (r->at >= r->size)
      return builder_fault(&r->b, STATUS_SYNTAX, from, "this '%c' is never closed", open);
    if (kind == NODE_MAP && !read_key(r)) return false;
    if (!read_value(r)) return false;
    skip_blanks(r);
    if (r->at >= r->size)
      return builder_fault(&r->b, STATUS_SYNTAX, from, "this '%c' is never closed", open);
    more = peek(r) == ',';
    if (!more && peek(r) != close)
      return wrong(r, kind == NODE_MAP ? "a ',' or '}' is missing before this" : "a ',' or ']' is missing before this");
    if (!more) break;
    r->at++;
    skip_blanks(r);
    if (peek(r) == close) return wrong(r, "a value is missing behind the last ','");
  }
  r->at++;
  return builder_close(&r->b, (struct mark){.end = (uint32_t)r->at});
}

static bool read_value(struct reader *r) {
  char c = peek(r);
  if (c == '{') return read_entries(r, NODE_MAP, '}');
  if (c == '[') return read_entries(r, NODE_LIST, ']');
  if (c == 't') return read_word(r, "true");
  if (c == 'f') return read_word(r, "false");
  if (c == 'n') return read_word(r, "null");
  if (c == '-' || is_digit(c)) return read_number(r);
  if (c != '"') return wrong(r, "a value is expected here");
  size_t n;
  struct mark m;
  return read_string(r, &n, &m) && builder_scalar(&r->b, r->scratch, n, true, m);
}

enum status tree_read_json(struct tree *t, const char *text, size_t size, struct faults *f) {
  struct reader r = {.text = text, .size = size, .line = 1, .column = 1};
  if (!builder_init(&r.b, t, text, size, f)) return builder_finish(&r.b);
  r.scratch = malloc(size + 1);
  if (r.scratch == NULL) {
    builder_fault(&r.b, STATUS_MEMORY, (struct mark){0}, "out of memory");
    return builder_finish(&r.b);
  }

  // a byte order mark is passed over; it counts in bytes alone
  if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) r.at = r.counted = 3;
  skip_blanks(&r);
  if (r.at >= size) wrong(&r, "the text is empty");
  else if (read_value(&r)) {
    skip_blanks(&r);
    if (r.at < size) wrong(&r, "nothing may follow the value");
  }
  free(r.scratch);
  return builder_finish(&r.b);
}
