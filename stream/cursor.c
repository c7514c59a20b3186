#include "stream/cursor.h"

#include <string.h>

static uint64_t take(struct cursor *c, int bytes) {
  if (c->bad || c->end - c->at < bytes) {
    c->bad = true;
    return 0;
  }
  uint64_t v = 0;
  for (int i = 0; i < bytes; i++) v = v << 8 | *c->at++;
  return v;
}

static struct span take_span(struct cursor *c, uint64_t size) {
  if (c->bad || size > (uint64_t)(c->end - c->at)) {
    c->bad = true;
    return (struct span){ 0 };
  }
  struct span s = { c->at, (size_t)size };
  c->at += size;
  return s;
}

// a child takes at least one byte, so a larger count is a lie
static uint32_t counted(struct cursor *c, uint64_t count, uint64_t each) {
  if (c->bad || count * each > (uint64_t)(c->end - c->at)) {
    c->bad = true;
    return 0;
  }
  return (uint32_t)count;
}

static uint32_t wrong(struct cursor *c) {
  c->bad = true;
  return 0;
}

uint32_t cursor_map(struct cursor *c) {
  uint8_t head = (uint8_t)take(c, 1);
  if (head >= 0x80 && head <= 0x8f) return counted(c, head & 15u, 2);
  if (head == 0xde) return counted(c, take(c, 2), 2);
  if (head == 0xdf) return counted(c, take(c, 4), 2);
  return wrong(c);
}

uint32_t cursor_array(struct cursor *c) {
  uint8_t head = (uint8_t)take(c, 1);
  if (head >= 0x90 && head <= 0x9f) return counted(c, head & 15u, 1);
  if (head == 0xdc) return counted(c, take(c, 2), 1);
  if (head == 0xdd) return counted(c, take(c, 4), 1);
  return wrong(c);
}

struct span cursor_text(struct cursor *c) {
  uint8_t head = (uint8_t)take(c, 1);
  struct span s = { 0 };
  if (head >= 0xa0 && head <= 0xbf) s = take_span(c, head & 31u);
  else if (head == 0xd9) s = take_span(c, take(c, 1));
  else if (head == 0xda) s = take_span(c, take(c, 2));
  else if (head == 0xdb) s = take_span(c, take(c, 4));
  else wrong(c);
  if (!utf8_valid(s.data, s.size)) wrong(c);
  return c->bad ? (struct span){ 0 } : s;
}

struct span cursor_bin(struct cursor *c) {
  uint8_t head = (uint8_t)take(c, 1);
  if (head == 0xc4) return take_span(c, take(c, 1));
  if (head == 0xc5) return take_span(c, take(c, 2));
  if (head == 0xc6) return take_span(c, take(c, 4));
  wrong(c);
  return (struct span){ 0 };
}

int64_t cursor_integer(struct cursor *c) {
  uint8_t head = (uint8_t)take(c, 1);
  if (c->bad) return 0;
  if (head <= 0x7f) return head;
  if (head >= 0xe0) return (int8_t)head;
  switch (head) {
  case 0xcc: return (int64_t)take(c, 1);
  case 0xcd: return (int64_t)take(c, 2);
  case 0xce: return (int64_t)take(c, 4);
  case 0xcf: {
    uint64_t v = take(c, 8);
    return v <= INT64_MAX ? (int64_t)v : wrong(c);
  }
  case 0xd0: return (int8_t)take(c, 1);
  case 0xd1: return (int16_t)take(c, 2);
  case 0xd2: return (int32_t)take(c, 4);
  case 0xd3: return (int64_t)take(c, 8);
  default: return wrong(c);
  }
}

uint64_t cursor_unsigned(struct cursor *c) {
  if (!c->bad && c->at < c->end && *c->at == 0xcf) {
    c->at++;
    return take(c, 8);
  }
  int64_t v = cursor_integer(c);
  return v >= 0 ? (uint64_t)v : wrong(c);
}

double cursor_number(struct cursor *c) {
  double v = 0;
  if (!c->bad && c->at < c->end && *c->at == 0xcb) {
    c->at++;
    uint64_t bits = take(c, 8);
    memcpy(&v, &bits, 8);
  } else if (!c->bad && c->at < c->end && *c->at == 0xca) {
    c->at++;
    uint32_t bits = (uint32_t)take(c, 4);
    float f;
    memcpy(&f, &bits, 4);
    v = f;
  } else if (!c->bad && c->at < c->end && *c->at == 0xcf) {
    v = (double)cursor_unsigned(c);
  } else {
    v = (double)cursor_integer(c);
  }
  if (!(v - v == 0)) wrong(c);      // infinite or not a number
  return c->bad ? 0 : v;
}

bool cursor_bool(struct cursor *c) {
  uint8_t head = (uint8_t)take(c, 1);
  if (head != 0xc2 && head != 0xc3) wrong(c);
  return !c->bad && head == 0xc3;
}

bool cursor_nil(struct cursor *c) {
  if (c->bad || c->at == c->end || *c->at != 0xc0) return false;
  c->at++;
  return true;
}

void cursor_skip(struct cursor *c) {
  uint32_t open[16];
  int depth = 0;
  do {
    if (c->bad || c->at == c->end) {
      wrong(c);
      return;
    }
    if (depth) open[depth - 1]--;
    uint8_t head = *c->at;
    bool map = (head >= 0x80 && head <= 0x8f) || head == 0xde || head == 0xdf;
    bool array = (head >= 0x90 && head <= 0x9f) || head == 0xdc || head == 0xdd;
    if (map || array) {
      uint32_t count = map ? 2 * cursor_map(c) : cursor_array(c);
      if (depth == 16) wrong(c);
      else open[depth++] = count;
    } else if ((head >= 0xa0 && head <= 0xbf) || (head >= 0xd9 && head <= 0xdb)) {
      cursor_text(c);
    } else if (head >= 0xc4 && head <= 0xc6) {
      cursor_bin(c);
    } else if (head == 0xc0 || head == 0xc2 || head == 0xc3) {
      c->at++;
    } else if (head == 0xca || head == 0xcb) {
      take(c, head == 0xca ? 5 : 1);
      if (head == 0xcb) take(c, 8);
    } else if (head == 0xcf) {
      cursor_unsigned(c);
    } else {
      cursor_integer(c);
    }
    while (depth && open[depth - 1] == 0) depth--;
  } while (depth);
}

bool span_is(struct span s, const char *text) {
  return s.size == strlen(text) && memcmp(s.data, text, s.size) == 0;
}

bool utf8_valid(const uint8_t *data, size_t size) {
  for (size_t i = 0; i < size;) {
    uint8_t b = data[i];
    if (b == 0) return false;
    if (b < 0x80) {
      i++;
      continue;
    }
    int more = b >= 0xc2 && b <= 0xdf ? 1 : b >= 0xe0 && b <= 0xef ? 2 : b >= 0xf0 && b <= 0xf4 ? 3 : 0;
    if (!more || size - i <= (size_t)more) return false;
    uint32_t point = b & (0x3fu >> more);
    for (int k = 1; k <= more; k++) {
      if ((data[i + (size_t)k] & 0xc0) != 0x80) return false;
      point = point << 6 | (data[i + (size_t)k] & 0x3fu);
    }

    // no longer form than needed, no surrogates, nothing past the last code point
    if ((more == 2 && point < 0x800) || (more == 3 && point < 0x10000)) return false;
    if ((point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff) return false;
    i += (size_t)more + 1;
  }
  return true;
}

int cursor_key(struct cursor *c, struct span key, const char *const *keys, uint32_t *seen) {
  for (int i = 0; keys[i]; i++) {
    if (!span_is(key, keys[i])) continue;
    if (*seen >> i & 1) c->bad = true;
    *seen |= UINT32_C(1) << i;
    return i;
  }
  return -1;
}
