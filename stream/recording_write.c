#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

#include "stream/mcap.h"
#include "stream/recording.h"

#define CHUNK_AGE_NS 1000000000     // wall time after which a chunk closes
#define ZSTD_LEVEL   1

struct index_entry { uint64_t at, offset; };
struct index { struct index_entry *entry; size_t count, capacity; };

// One chunk while it fills: messages as MCAP records, and where they are.
struct chunk {
  struct bytes data;
  struct index index[CHANNEL_COUNT];
  int64_t      first, last;         // ns, of its messages
  uint64_t     opened;              // ns of the wall clock, of its first message
};

struct chunk_index {
  uint64_t first, last, offset, size, packed, unpacked, index_size;
  uint64_t index_offset[CHANNEL_COUNT];         // 0: none
};

struct attachment { uint64_t offset, size, data_size; char name[201]; };

// The caller fills `front`; the writer thread packs and writes `back` when it is full.
struct recorder {
  char            path[256];
  int             fd;
  pthread_t       thread;
  pthread_mutex_t lock;
  pthread_cond_t  full, empty;      // of back
  struct chunk    chunk[2];
  int             front;            // which chunk the caller fills
  bool            back_full, stop;
  int64_t         last;             // time of the newest message
  uint32_t        sequence[CHANNEL_COUNT];
  struct error    error;            // status is STATUS_OK while all is well

  // the writer's own
  struct error        trouble;      // shown to the caller as `error` after each chunk
  ZSTD_CCtx          *zstd;
  struct crc_table    table;
  struct bytes        out;
  uint64_t            offset;       // bytes that are safely written
  uint32_t            crc;          // of them
  uint64_t            metadata_offset, metadata_size;
  struct chunk_index *chunks;
  size_t              chunk_count, chunk_capacity;
  uint64_t            messages[CHANNEL_COUNT];
  struct attachment  *attachments;
  size_t              attachment_count;
};

static uint64_t wall_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

// ---- MCAP words -------------------------------------------------------------------------------------

static bool put(struct bytes *b, uint64_t v, int size) { return bytes_append(b, &v, (size_t)size); }

static bool put_text(struct bytes *b, const char *text) {
  size_t size = text ? strlen(text) : 0;
  return put(b, size, 4) && bytes_append(b, text, size);
}

static size_t record_begin(struct bytes *b, enum mcap_opcode op) {
  put(b, op, 1);
  put(b, 0, 8);
  return b->size;
}

static void length_end(struct bytes *b, size_t start, int size) {
  uint64_t length = b->size - start;
  if (b->size >= start && start >= (size_t)size) memcpy(b->data + start - size, &length, (size_t)size);
}

static void put_pair(struct bytes *b, const char *key, const char *value) {
  put_text(b, key);
  put_text(b, value);
}

static void put_pair_number(struct bytes *b, const char *key, uint64_t value) {
  char text[24];
  snprintf(text, sizeof text, "%llu", (unsigned long long)value);
  put_pair(b, key, text);
}

static void put_channels(struct bytes *b) {
  for (int c = 1; c < CHANNEL_COUNT; c++) {
    size_t start = record_begin(b, MCAP_CHANNEL);
    put(b, (uint64_t)c, 2);
    put(b, 0, 2);                   // no schema: msgpack describes itself
    put_text(b, mcap_topic[c]);
    put_text(b, "msgpack");
    put(b, 0, 4);
    length_end(b, start, 8);
  }
}

// ---- to the disk ------------------------------------------------------------------------------------

// Write r->out whole, or cut the file back to what was whole before.
static bool write_out(struct recorder *r) {
  size_t done = 0;
  while (done < r->out.size) {
    ssize_t n = write(r->fd, r->out.data + done, r->out.size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      int why = n < 0 ? errno : ENOSPC;
      error_at(&r->trouble, STATUS_IO, r->path, 0, 0, "cannot write the recording: %s; what was written before stays", strerror(why));
      if (ftruncate(r->fd, (off_t)r->offset) == 0) lseek(r->fd, (off_t)r->offset, SEEK_SET);
      return false;
    }
    done += (size_t)n;
  }
  r->crc = crc32_add(&r->table, r->crc, r->out.data, r->out.size);
  r->offset += r->out.size;
  r->out.size = 0;
  return true;
}

static void no_memory(struct recorder *r) {
  error_at(&r->trouble, STATUS_MEMORY, r->path, 0, 0, "no memory for the recording");
}

static struct chunk_index *chunk_index_add(struct recorder *r) {
  if (r->chunk_count == r->chunk_capacity) {
    size_t capacity = r->chunk_capacity ? 2 * r->chunk_capacity : 64;
    struct chunk_index *larger = realloc(r->chunks, capacity * sizeof *larger);
    if (!larger) return NULL;
    r->chunks = larger;
    r->chunk_capacity = capacity;
  }
  struct chunk_index *x = &r->chunks[r->chunk_count++];
  *x = (struct chunk_index){ 0 };
  return x;
}

static void put_message_indexes(struct recorder *r, struct chunk *c, struct chunk_index *x) {
  for (int k = 1; k < CHANNEL_COUNT; k++) {
    struct index *i = &c->index[k];
    if (!i->count) continue;
    x->index_offset[k] = r->offset + r->out.size;
    size_t start = record_begin(&r->out, MCAP_MESSAGE_INDEX);
    put(&r->out, (uint64_t)k, 2);
    put(&r->out, i->count * sizeof i->entry[0], 4);
    bytes_append(&r->out, i->entry, i->count * sizeof i->entry[0]);
    length_end(&r->out, start, 8);
    r->messages[k] += i->count;
    i->count = 0;
  }
}

// Pack one chunk and write it with its index. The error stays in r->trouble.
static bool write_chunk(struct recorder *r, struct chunk *c) {
  struct chunk_index *x = chunk_index_add(r);
  size_t bound = ZSTD_compressBound(c->data.size) + 128;
  for (int k = 1; k < CHANNEL_COUNT; k++) bound += 32 + c->index[k].count * sizeof c->index[k].entry[0];
  r->out.size = 0;
  if (!x || !bytes_reserve(&r->out, bound)) {
    no_memory(r);
    return false;
  }
  *x = (struct chunk_index){ .first = (uint64_t)c->first, .last = (uint64_t)c->last, .offset = r->offset, .unpacked = c->data.size };
  size_t start = record_begin(&r->out, MCAP_CHUNK);
  put(&r->out, x->first, 8);
  put(&r->out, x->last, 8);
  put(&r->out, c->data.size, 8);
  put(&r->out, crc32_add(&r->table, 0, c->data.data, c->data.size), 4);
  put_text(&r->out, "zstd");
  put(&r->out, 0, 8);
  size_t body = r->out.size;
  size_t packed = ZSTD_compressCCtx(r->zstd, r->out.data + body, r->out.capacity - body, c->data.data, c->data.size, ZSTD_LEVEL);
  if (ZSTD_isError(packed)) {
    error_at(&r->trouble, STATUS_INTERNAL, r->path, 0, 0, "zstd cannot pack a chunk: %s", ZSTD_getErrorName(packed));
    return false;
  }
  r->out.size += packed;
  x->packed = packed;
  length_end(&r->out, body, 8);
  length_end(&r->out, start, 8);
  x->size = r->out.size;
  put_message_indexes(r, c, x);
  x->index_size = r->out.size - x->size;
  c->data.size = 0;
  return write_out(r);
}

// ---- the writer thread --------------------------------------------------------------------------------

static void swap(struct recorder *r) {
  r->front ^= 1;
  r->back_full = true;
  pthread_cond_signal(&r->full);
}

static bool is_old(const struct chunk *c) { return c->data.size && wall_ns() - c->opened >= CHUNK_AGE_NS; }

static void *writer(void *data) {
  struct recorder *r = data;
  pthread_mutex_lock(&r->lock);
  for (;;) {
    while (!r->back_full && !r->stop) {
      // wake up now and then: a chunk grows old also when nobody writes
      uint64_t until = wall_ns() + CHUNK_AGE_NS / 4;
      struct timespec t = { (time_t)(until / 1000000000u), (long)(until % 1000000000u) };
      pthread_cond_timedwait(&r->full, &r->lock, &t);
      if (!r->back_full && is_old(&r->chunk[r->front])) swap(r);
    }
    if (!r->back_full) break;
    struct chunk *back = &r->chunk[r->front ^ 1];
    pthread_mutex_unlock(&r->lock);
    if (r->trouble.status == STATUS_OK) write_chunk(r, back);
    pthread_mutex_lock(&r->lock);
    r->error = r->trouble;
    back->data.size = 0;
    for (int k = 0; k < CHANNEL_COUNT; k++) back->index[k].count = 0;
    r->back_full = false;
    pthread_cond_signal(&r->empty);
  }
  pthread_mutex_unlock(&r->lock);
  return NULL;
}

// ---- create, write, finish ------------------------------------------------------------------------------

// Header, metadata and channels, outside of any chunk, so that a file cut anywhere still has them.
static bool write_start(struct recorder *r, const struct recording_info *info) {
  struct bytes *b = &r->out;
  if (!bytes_reserve(b, 4096 + strlen(info->layout_file))) {
    no_memory(r);
    return false;
  }
  bytes_append(b, MCAP_MAGIC, MCAP_MAGIC_SIZE);
  size_t start = record_begin(b, MCAP_HEADER);
  put_text(b, "");
  put_text(b, "takt");
  length_end(b, start, 8);
  r->metadata_offset = b->size;
  start = record_begin(b, MCAP_METADATA);
  put_text(b, "takt");
  put(b, 0, 4);
  size_t map = b->size;
  put_pair(b, "version", info->version);
  put_pair(b, "layout_file", info->layout_file);
  put_pair(b, "fidelity", info->fidelity);
  put_pair_number(b, "seed", info->seed);
  put_pair_number(b, "replication", info->replication);
  put_pair_number(b, "length", (uint64_t)info->length);
  put_pair_number(b, "warmup", (uint64_t)info->warmup);
  length_end(b, map, 4);
  length_end(b, start, 8);
  r->metadata_size = b->size - r->metadata_offset;
  put_channels(b);
  return write_out(r);
}

static bool start_thread(struct recorder *r) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_mutex_init(&r->lock, NULL);
  pthread_cond_init(&r->full, &attributes);
  pthread_cond_init(&r->empty, &attributes);
  pthread_condattr_destroy(&attributes);

  // signals are for the thread that runs the twin
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  bool started = pthread_create(&r->thread, NULL, writer, r) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}

static void release(struct recorder *r) {
  if (r->fd >= 0) close(r->fd);
  ZSTD_freeCCtx(r->zstd);
  bytes_finish(&r->out);
  free(r->chunks);
  free(r->attachments);
  for (int c = 0; c < 2; c++) {
    bytes_finish(&r->chunk[c].data);
    for (int k = 0; k < CHANNEL_COUNT; k++) free(r->chunk[c].index[k].entry);
  }
  free(r);
}

struct recorder *recorder_create(const char *path, const struct recording_info *info, struct error *e) {
  struct recorder *r = calloc(1, sizeof *r);
  if (!r) {
    error_at(e, STATUS_MEMORY, path, 0, 0, "no memory for the recording");
    return NULL;
  }
  snprintf(r->path, sizeof r->path, "%s", path);
  r->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  crc_table_make(&r->table);
  r->zstd = ZSTD_createCCtx();
  if (r->fd < 0) error_at(&r->trouble, STATUS_IO, path, 0, 0, "cannot open the recording for writing: %s", strerror(errno));
  else if (!r->zstd) no_memory(r);
  else if (write_start(r, info) && !start_thread(r)) error_at(&r->trouble, STATUS_MEMORY, path, 0, 0, "cannot start the thread that writes the recording");
  if (r->trouble.status == STATUS_OK) return r;
  if (e) *e = r->trouble;
  release(r);
  return NULL;
}

enum status recorder_attach(struct recorder *r, const char *name, const void *data, size_t size, struct error *e) {
  assert(strlen(name) <= 200);
  pthread_mutex_lock(&r->lock);
  assert(r->chunk[0].data.size + r->chunk[1].data.size + r->chunk_count == 0);
  struct bytes *b = &r->out;
  struct attachment *larger = realloc(r->attachments, (r->attachment_count + 1) * sizeof *larger);
  if (larger) r->attachments = larger;
  b->size = 0;
  if (!larger || !bytes_reserve(b, size + 512)) {
    no_memory(r);
  } else {
    struct attachment *a = &r->attachments[r->attachment_count++];
    *a = (struct attachment){ .offset = r->offset, .data_size = size };
    memcpy(a->name, name, strlen(name) + 1);
    size_t start = record_begin(b, MCAP_ATTACHMENT);
    put(b, 0, 8);
    put(b, 0, 8);
    put_text(b, name);
    put_text(b, "application/octet-stream");
    put(b, size, 8);
    bytes_append(b, data, size);
    put(b, crc32_add(&r->table, 0, b->data + start, b->size - start), 4);
    length_end(b, start, 8);
    a->size = b->size;
    write_out(r);
  }
  r->error = r->trouble;
  enum status s = r->error.status;
  if (s != STATUS_OK && e) *e = r->error;
  pthread_mutex_unlock(&r->lock);
  return s;
}

static bool index_add(struct index *i, uint64_t at, uint64_t offset) {
  if (i->count == i->capacity) {
    size_t capacity = i->capacity ? 2 * i->capacity : 256;
    struct index_entry *larger = realloc(i->entry, capacity * sizeof *larger);
    if (!larger) return false;
    i->entry = larger;
    i->capacity = capacity;
  }
  i->entry[i->count++] = (struct index_entry){ at, offset };
  return true;
}

static bool append(struct recorder *r, enum channel c, int64_t at, const void *data, size_t size) {
  struct chunk *f = &r->chunk[r->front];
  if (!bytes_reserve(&f->data, MCAP_HEAD_SIZE + MCAP_MESSAGE_HEAD + size)) return false;
  if (!index_add(&f->index[c], (uint64_t)at, f->data.size)) return false;
  if (!f->data.size) {
    f->first = at;
    f->opened = wall_ns();
  }
  f->last = r->last = at;
  put(&f->data, MCAP_MESSAGE, 1);
  put(&f->data, MCAP_MESSAGE_HEAD + size, 8);
  put(&f->data, (uint64_t)c, 2);
  put(&f->data, r->sequence[c]++, 4);
  put(&f->data, (uint64_t)at, 8);
  put(&f->data, (uint64_t)at, 8);
  return bytes_append(&f->data, data, size);
}

enum status recorder_write(struct recorder *r, enum channel c, int64_t at, const void *data, size_t size, struct error *e) {
  assert(c >= CHANNEL_LAYOUT && c < CHANNEL_COUNT);
  assert(at >= 0);
  pthread_mutex_lock(&r->lock);
  assert(at >= r->last);
  struct chunk *f = &r->chunk[r->front];
  if (f->data.size && (f->data.size + size > MCAP_CHUNK_SIZE || is_old(f))) {
    while (r->back_full) pthread_cond_wait(&r->empty, &r->lock);
    if (r->chunk[r->front].data.size) swap(r);
  }
  if (r->error.status == STATUS_OK && !append(r, c, at, data, size))
    error_at(&r->error, STATUS_MEMORY, r->path, 0, 0, "no memory for the recording");
  enum status s = r->error.status;
  if (s != STATUS_OK && e) *e = r->error;
  pthread_mutex_unlock(&r->lock);
  return s;
}

struct group { enum mcap_opcode op; uint64_t start, size; };

static void put_statistics(struct recorder *r, struct bytes *b) {
  uint64_t total = 0, first = 0, last = 0;
  for (int c = 1; c < CHANNEL_COUNT; c++) total += r->messages[c];
  if (r->chunk_count) {
    first = r->chunks[0].first;
    last = r->chunks[r->chunk_count - 1].last;
  }
  size_t start = record_begin(b, MCAP_STATISTICS);
  put(b, total, 8);
  put(b, 0, 2);
  put(b, CHANNEL_COUNT - 1, 4);
  put(b, r->attachment_count, 4);
  put(b, 1, 4);
  put(b, r->chunk_count, 4);
  put(b, first, 8);
  put(b, last, 8);
  put(b, (CHANNEL_COUNT - 1) * 10, 4);
  for (int c = 1; c < CHANNEL_COUNT; c++) {
    put(b, (uint64_t)c, 2);
    put(b, r->messages[c], 8);
  }
  length_end(b, start, 8);
}

static void put_chunk_indexes(struct recorder *r, struct bytes *b) {
  for (size_t i = 0; i < r->chunk_count; i++) {
    struct chunk_index *x = &r->chunks[i];
    size_t start = record_begin(b, MCAP_CHUNK_INDEX);
    put(b, x->first, 8);
    put(b, x->last, 8);
    put(b, x->offset, 8);
    put(b, x->size, 8);
    put(b, 0, 4);
    size_t map = b->size;
    for (int c = 1; c < CHANNEL_COUNT; c++)
      if (x->index_offset[c]) {
        put(b, (uint64_t)c, 2);
        put(b, x->index_offset[c], 8);
      }
    length_end(b, map, 4);
    put(b, x->index_size, 8);
    put_text(b, "zstd");
    put(b, x->packed, 8);
    put(b, x->unpacked, 8);
    length_end(b, start, 8);
  }
}

static void put_attachment_indexes(struct recorder *r, struct bytes *b) {
  for (size_t i = 0; i < r->attachment_count; i++) {
    struct attachment *a = &r->attachments[i];
    size_t start = record_begin(b, MCAP_ATTACHMENT_INDEX);
    put(b, a->offset, 8);
    put(b, a->size, 8);
    put(b, 0, 8);
    put(b, 0, 8);
    put(b, a->data_size, 8);
    put_text(b, a->name);
    put_text(b, "application/octet-stream");
    length_end(b, start, 8);
  }
}

// DataEnd, the summary, the footer. Built whole in memory, written at once.
static void put_end(struct recorder *r) {
  struct bytes *b = &r->out;
  struct group group[5];
  size_t start = record_begin(b, MCAP_DATA_END);
  put(b, r->crc, 4);
  length_end(b, start, 8);
  uint64_t summary = b->size;
  group[0] = (struct group){ MCAP_CHANNEL, b->size, 0 };
  put_channels(b);
  group[0].size = b->size - group[0].start;
  group[1] = (struct group){ MCAP_STATISTICS, b->size, 0 };
  put_statistics(r, b);
  group[1].size = b->size - group[1].start;
  group[2] = (struct group){ MCAP_CHUNK_INDEX, b->size, 0 };
  put_chunk_indexes(r, b);
  group[2].size = b->size - group[2].start;
  group[3] = (struct group){ MCAP_ATTACHMENT_INDEX, b->size, 0 };
  put_attachment_indexes(r, b);
  group[3].size = b->size - group[3].start;
  group[4] = (struct group){ MCAP_METADATA_INDEX, b->size, 0 };
  start = record_begin(b, MCAP_METADATA_INDEX);
  put(b, r->metadata_offset, 8);
  put(b, r->metadata_size, 8);
  put_text(b, "takt");
  length_end(b, start, 8);
  group[4].size = b->size - group[4].start;
  uint64_t offsets = b->size;
  for (int i = 0; i < 5; i++) {
    if (!group[i].size) continue;
    start = record_begin(b, MCAP_SUMMARY_OFFSET);
    put(b, group[i].op, 1);
    put(b, r->offset + group[i].start, 8);
    put(b, group[i].size, 8);
    length_end(b, start, 8);
  }
  put(b, MCAP_FOOTER, 1);
  put(b, 20, 8);                    // said at once: the CRC covers it
  put(b, r->offset + summary, 8);
  put(b, r->offset + offsets, 8);
  put(b, crc32_add(&r->table, 0, b->data + summary, b->size - summary), 4);
  bytes_append(b, MCAP_MAGIC, MCAP_MAGIC_SIZE);
}

enum status recorder_finish(struct recorder *r, struct error *e) {
  pthread_mutex_lock(&r->lock);
  while (r->back_full) pthread_cond_wait(&r->empty, &r->lock);
  if (r->chunk[r->front].data.size) swap(r);
  r->stop = true;
  pthread_cond_signal(&r->full);
  pthread_mutex_unlock(&r->lock);
  pthread_join(r->thread, NULL);
  if (r->trouble.status == STATUS_OK) {
    r->out.size = 0;
    if (!bytes_reserve(&r->out, 4096 + 256 * r->chunk_count + 512 * r->attachment_count)) no_memory(r);
    else put_end(r), write_out(r);
  }

  // the disk may refuse as late as here; what is no file (a pipe, a device) cannot be synced
  if (r->trouble.status == STATUS_OK && fsync(r->fd) < 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP)
    error_at(&r->trouble, STATUS_IO, r->path, 0, 0, "cannot write the recording: %s", strerror(errno));
  int fd = r->fd;
  r->fd = -1;
  if (close(fd) < 0 && r->trouble.status == STATUS_OK) error_at(&r->trouble, STATUS_IO, r->path, 0, 0, "cannot close the recording: %s", strerror(errno));
  enum status s = r->trouble.status;
  if (s != STATUS_OK && e) *e = r->trouble;
  pthread_cond_destroy(&r->full);
  pthread_cond_destroy(&r->empty);
  pthread_mutex_destroy(&r->lock);
  release(r);
  return s;
}
