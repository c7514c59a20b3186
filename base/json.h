// JSON writing: one document to memory, numbers that read back to the same double.
// Bytes that are no UTF-8 become U+FFFD. A document that does not fit into memory ends the program.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json {
  char  *text;                      // grows by doubling; owned; ends in zero after every call
  size_t size, capacity;
  int    depth;
  bool   comma[32];                 // a value was written at this depth
  bool   pretty;                    // two-space indents, else one line
  bool   after_key;
};

void json_init(struct json *j, bool pretty);
void json_finish(struct json *j);

void json_object(struct json *j);               // {
void json_object_end(struct json *j);
void json_list(struct json *j);                 // [
void json_list_end(struct json *j);
void json_key(struct json *j, const char *key);
void json_text(struct json *j, const char *text);
void json_number(struct json *j, double value); // shortest that reads back; null when not finite
void json_integer(struct json *j, int64_t value);
void json_bool(struct json *j, bool value);
void json_null(struct json *j);
