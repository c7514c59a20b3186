// Fuzzer of the reader of recordings: the input is a whole file. Opened, walked, sought, and its small
// messages read; times never go back and every answer is a status.
#define _GNU_SOURCE                 // memfd_create
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "stream/log.h"
#include "stream/recording.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_small(const struct recording_message *m) {
  struct span text;
  struct log_command command;
  struct log_digest digest;
  struct log_end end;
  switch (m->channel) {
  case CHANNEL_LAYOUT: log_layout_read(m->data, m->size, &text); break;
  case CHANNEL_COMMANDS: log_command_read(m->data, m->size, &command); break;
  case CHANNEL_DIGEST: log_digest_read(m->data, m->size, &digest); break;
  case CHANNEL_END: log_end_read(m->data, m->size, &end); break;
  default: break;
  }
}

static void walk(struct recording *r, struct frame_decoder *d) {
  struct recording_message m;
  struct error e;
  int64_t before = INT64_MIN;
  unsigned sum = 0;
  recording_rewind(r, 0, 0xfe);
  for (int broken = 0; broken < 4;) {
    if (!recording_next(r, &m, &e)) {
      if (e.status == STATUS_OK) break;
      assert(e.text[0]);
      broken++;
      continue;
    }
    assert(m.channel >= CHANNEL_LAYOUT && m.channel < CHANNEL_COUNT);
    assert(m.at >= before && m.at >= recording_start(r) && m.at <= recording_end(r));
    before = m.at;
    for (size_t i = 0; i < m.size; i++) sum += m.data[i];
    read_small(&m);
    enum status s = recording_feed(&m, d, &e);
    assert(s == STATUS_OK || s == STATUS_PROTOCOL);
  }
  volatile unsigned keep = sum;     // the bytes were really read
  (void)keep;
}

static void attachments(struct recording *r) {
  for (int i = 0; i < recording_attachments(r); i++) {
    const char *name;
    const uint8_t *data;
    size_t size;
    struct error e;
    if (recording_attachment(r, i, &name, &data, &size, &e) != STATUS_OK) continue;
    assert(*name && *name != '/' && *name != '.' && !strstr(name, "/.") && strlen(name) <= 200);
    unsigned sum = 0;
    for (size_t k = 0; k < size; k++) sum += data[k];
    volatile unsigned keep = sum;
    (void)keep;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  int fd = memfd_create("recording", MFD_CLOEXEC);
  assert(fd >= 0);
  assert(write(fd, data, size) == (ssize_t)size);
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  struct error e = { 0 };
  struct recording *r = recording_open(path, &e);
  if (r) {
    struct frame_decoder *d = frame_decoder_create();
    attachments(r);
    walk(r, d);
    int64_t from = recording_start(r), to = recording_end(r);
    int64_t at[] = { from, to, from + (to - from) / 2, -1, INT64_MAX };
    for (int i = 0; i < 5; i++) {
      enum status s = recording_seek(r, at[i], d, &e);
      assert(s == STATUS_OK || s == STATUS_CORRUPT || s == STATUS_PROTOCOL || s == STATUS_IO);
    }
    frame_decoder_destroy(d);
    recording_close(r);
  } else {
    assert(e.status == STATUS_CORRUPT || e.status == STATUS_IO);
  }
  close(fd);
  return 0;
}
