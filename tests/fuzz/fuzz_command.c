// Fuzzer of the server's decoder: one message of a client. What is accepted reads the same when it is
// written again.
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stream/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct frame_command c, again;
  struct error e = { 0 };
  uint8_t *message = malloc(size ? size : 1);
  if (size) memcpy(message, data, size);
  enum status s = frame_command_read(message, size, &c, &e);
  assert(s == STATUS_OK || (s == STATUS_PROTOCOL && e.text[0]));
  if (s == STATUS_OK) {
    assert(frame_skim(message, size) && isfinite(c.value));
    assert(memchr(c.what, 0, sizeof c.what) && memchr(c.text, 0, sizeof c.text) && memchr(c.token, 0, sizeof c.token));
    struct bytes b = { 0 };
    assert(frame_command_write(&c, &b) == STATUS_OK);
    assert(frame_command_read(b.data + 4, b.size - 4, &again, &e) == STATUS_OK);
    assert(!strcmp(c.what, again.what) && !strcmp(c.text, again.text) && !strcmp(c.token, again.token));
    assert(c.value == again.value);
    bytes_finish(&b);
  }
  free(message);
  return 0;
}
