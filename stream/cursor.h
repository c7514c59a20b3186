// Reading MessagePack by hand: a cursor over bytes, every step checked against the end.
//
// The first value of the wrong kind or past the end sets `bad`; from then on every read gives zero,
// so a reader checks once, at the end. Nothing is allocated; text and bin point into the bytes.
// (msgpack-c's unpacker allocates arrays by their declared count, 103 GB for five bytes.)
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor { const uint8_t *at, *end; bool bad; };

struct span { const uint8_t *data; size_t size; };

uint32_t    cursor_map(struct cursor *c);           // number of key and value pairs that follow
uint32_t    cursor_array(struct cursor *c);         // number of values that follow
struct span cursor_text(struct cursor *c);          // UTF-8 without NUL, else bad
struct span cursor_bin(struct cursor *c);
int64_t     cursor_integer(struct cursor *c);       // beyond int64: bad
uint64_t    cursor_unsigned(struct cursor *c);      // negative: bad
double      cursor_number(struct cursor *c);        // integer or float; not finite: bad
bool        cursor_bool(struct cursor *c);
bool        cursor_nil(struct cursor *c);           // takes a nil if one is next, and says so
void        cursor_skip(struct cursor *c);          // one whole value, at most 16 deep

bool span_is(struct span s, const char *text);
bool utf8_valid(const uint8_t *data, size_t size);  // and no NUL

// Index of a key in a list that ends in NULL, or -1. A key met before sets c->bad: seen has a bit for each.
int cursor_key(struct cursor *c, struct span key, const char *const *keys, uint32_t *seen);
