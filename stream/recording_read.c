#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "stream/mcap.h"
#include "stream/recording.h"

#define ATTACHMENTS_MAX 1024
#define TEXT_MAX        (64u << 10) // bytes of a metadata or channel record that is read
#define BACK_CHUNKS_MAX 64          // how far back a seek looks for a keyframe

// Where a chunk lies in the file, and what it says of itself; believed only after the checks of load.
struct place {
  uint64_t offset, packed, unpacked;  // of the packed bytes
  int64_t  first, last;               // ns
  uint32_t crc;
  bool     zstd;
};

struct attached { uint64_t offset, size; uint32_t crc; uint64_t from; char name[201]; };

struct recording {
  char          path[256];
  int           fd;
  uint64_t      size;
  struct recording_info info;
  bool          have_info, cut, damaged;
  char          note[160];
  char          text[3][256];         // version, layout file, fidelity
  uint8_t       channel_of[65536];    // MCAP channel id -> enum channel, 0: none of ours
  struct place *chunk;
  size_t        count, capacity;

  struct attached *attached;
  int           attached_count;

  ZSTD_DCtx    *zstd;
  struct crc_table table;
  uint8_t      *packed, *data;        // of the loaded chunk
  size_t        packed_capacity, data_capacity, data_size;
  size_t        loaded;               // its number, SIZE_MAX: none

  size_t        at_chunk, at_byte;    // of recording_next
  int64_t       from;
  unsigned      mask;
  struct bytes  kept;                 // a delta while its keyframe is looked for
};

static uint64_t little(const uint8_t *p, int size) {
  uint64_t v = 0;
  for (int i = size - 1; i >= 0; i--) v = v << 8 | p[i];
  return v;
}

static bool read_at(const struct recording *r, uint64_t offset, void *to, size_t size) {
  uint8_t *at = to;
  while (size) {
    ssize_t n = pread(r->fd, at, size, (off_t)offset);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    offset += (uint64_t)n;
    size -= (size_t)n;
  }
  return true;
}

// ---- records of the file ------------------------------------------------------------------------------

// A text of an MCAP record: length u32 and bytes. False past the end.
static bool take_text(const uint8_t **at, const uint8_t *end, char *out, size_t capacity) {
  if (end - *at < 4) return false;
  uint64_t size = little(*at, 4);
  if (size > (uint64_t)(end - *at) - 4) return false;
  size_t kept = size < capacity - 1 ? (size_t)size : capacity - 1;
  memcpy(out, *at + 4, kept);
  out[kept] = 0;
  *at += 4 + size;
  return true;
}

static bool to_number(const char *text, uint64_t max, uint64_t *out) {
  uint64_t v = 0;
  if (!*text) return false;
  for (const char *p = text; *p; p++) {
    if (*p < '0' || *p > '9') return false;
    uint64_t digit = (uint64_t)(*p - '0');
    if (v > (max - digit) / 10) return false;
    v = v * 10 + digit;
  }
  *out = v;
  return true;
}

static bool take_info(struct recording *r, const uint8_t *at, const uint8_t *end) {
  char name[8], key[32], value[256];
  if (!take_text(&at, end, name, sizeof name) || strcmp(name, "takt") || end - at < 4) return true;
  uint64_t size = little(at, 4), number[4] = { 0 };
  at += 4;
  if (size != (uint64_t)(end - at)) return false;
  static const char *const numbers[] = { "seed", "replication", "length", "warmup" };
  static const uint64_t max[] = { UINT64_MAX, UINT32_MAX, INT64_MAX, INT64_MAX };
  static const char *const texts[] = { "version", "layout_file", "fidelity" };
  while (at < end) {
    if (!take_text(&at, end, key, sizeof key) || !take_text(&at, end, value, sizeof value)) return false;
    for (int i = 0; i < 4; i++)
      if (!strcmp(key, numbers[i]) && !to_number(value, max[i], &number[i])) return false;
    for (int i = 0; i < 3; i++)
      if (!strcmp(key, texts[i])) memcpy(r->text[i], value, sizeof value);
  }
  r->info = (struct recording_info){ .version = r->text[0], .layout_file = r->text[1], .fidelity = r->text[2], .seed = number[0],
                                     .replication = (uint32_t)number[1], .length = (int64_t)number[2], .warmup = (int64_t)number[3] };
  r->have_info = true;
  return true;
}

static bool take_channel(struct recording *r, const uint8_t *at, const uint8_t *end) {
  char topic[32], encoding[32];
  if (end - at < 4) return false;
  uint64_t id = little(at, 2);
  at += 4;
  if (!take_text(&at, end, topic, sizeof topic) || !take_text(&at, end, encoding, sizeof encoding)) return false;
  for (int c = 1; c < CHANNEL_COUNT; c++)
    if (!strcmp(topic, mcap_topic[c]) && !strcmp(encoding, "msgpack")) {
      if (r->channel_of[id] && r->channel_of[id] != c) return false;            // one number, two meanings
      r->channel_of[id] = (uint8_t)c;
    }
  return true;
}

// The head of a chunk: times, sizes, CRC, how it is packed. False: it does not fit the file or the limits.
static bool take_chunk(struct recording *r, uint64_t offset, uint64_t size) {
  uint8_t head[64];
  size_t n = size < sizeof head ? (size_t)size : sizeof head;
  if (n < 40 || !read_at(r, offset, head, n)) return false;
  uint64_t first = little(head, 8), last = little(head + 8, 8), unpacked = little(head + 16, 8), name = little(head + 28, 4);
  if (name > 4 || 32 + name + 8 > n) return false;
  bool zstd = name == 4 && !memcmp(head + 32, "zstd", 4);
  if (!zstd && name) return false;
  uint64_t packed = little(head + 32 + name, 8);
  if (packed != size - 40 - name || unpacked > MCAP_UNPACKED_MAX || packed > MCAP_UNPACKED_MAX + (1u << 20)) return false;
  if (first > last || last > INT64_MAX || (!zstd && packed != unpacked)) return false;
  if (r->count && first < (uint64_t)r->chunk[r->count - 1].last) return false;
  if (r->count == r->capacity) {
    size_t capacity = r->capacity ? 2 * r->capacity : 64;
    struct place *larger = realloc(r->chunk, capacity * sizeof *larger);
    if (!larger) return false;
    r->chunk = larger;
    r->capacity = capacity;
  }
  r->chunk[r->count++] = (struct place){ offset + 40 + name, packed, unpacked, (int64_t)first, (int64_t)last, (uint32_t)little(head + 24, 4), zstd };
  return true;
}

static bool safe_name(const char *name) {
  for (const char *p = name; *p;) {
    size_t n = strcspn(p, "/");
    if (n == 0 || p[0] == '.') return false;                    // also "." and ".."
    for (size_t i = 0; i < n; i++) {
      char c = p[i];
      if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-')) return false;
    }
    p += n;
    if (*p == '/' && *++p == 0) return false;
  }
  return *name != 0;
}

// An attachment: two times, name, media type, bytes with a length, CRC of all before it.
static bool take_attachment(struct recording *r, uint64_t offset, uint64_t size) {
  uint8_t head[16 + 4 + 200 + 4 + 64 + 8];
  size_t n = size < sizeof head ? (size_t)size : sizeof head;
  struct attached a = { .from = offset };
  char name[202], media[65];
  if (n < 16 || !read_at(r, offset, head, n)) return false;
  const uint8_t *at = head + 16, *end = head + n;
  if (!take_text(&at, end, name, sizeof name) || !take_text(&at, end, media, sizeof media) || end - at < 8) return false;
  a.size = little(at, 8);
  uint64_t before = (uint64_t)(at - head) + 8;
  if (size < before + 4 || a.size != size - before - 4 || a.size > MCAP_UNPACKED_MAX) return false;
  a.offset = offset + before;
  uint8_t crc[4];
  if (!read_at(r, a.offset + a.size, crc, 4)) return false;
  a.crc = (uint32_t)little(crc, 4);
  if (strlen(name) != little(head + 16, 4) || strlen(name) > 200 || !safe_name(name) || r->attached_count == ATTACHMENTS_MAX) return false;
  memcpy(a.name, name, strlen(name) + 1);
  struct attached *larger = realloc(r->attached, (size_t)(r->attached_count + 1) * sizeof *larger);
  if (!larger) return false;
  r->attached = larger;
  r->attached[r->attached_count++] = a;
  return true;
}

static bool take_record(struct recording *r, enum mcap_opcode op, uint64_t offset, uint64_t size) {
  if (op == MCAP_CHUNK) return take_chunk(r, offset, size);
  if (op == MCAP_ATTACHMENT) return take_attachment(r, offset, size);
  if (op != MCAP_METADATA && op != MCAP_CHANNEL) return true;
  if (size > TEXT_MAX) return false;
  uint8_t *bytes = malloc((size_t)size + 1);
  bool well = bytes && read_at(r, offset, bytes, (size_t)size);
  if (well) well = op == MCAP_METADATA ? take_info(r, bytes, bytes + size) : take_channel(r, bytes, bytes + size);
  free(bytes);
  return well;
}

static bool has_footer(const struct recording *r) {
  uint8_t tail[MCAP_HEAD_SIZE + 20 + MCAP_MAGIC_SIZE];
  if (r->size < sizeof tail + MCAP_MAGIC_SIZE || !read_at(r, r->size - sizeof tail, tail, sizeof tail)) return false;
  return tail[0] == MCAP_FOOTER && little(tail + 1, 8) == 20 && !memcmp(tail + sizeof tail - MCAP_MAGIC_SIZE, MCAP_MAGIC, MCAP_MAGIC_SIZE);
}

// Go over the heads of all records. The index at the end is not needed, so it need not be trusted either.
static void scan(struct recording *r) {
  uint64_t at = MCAP_MAGIC_SIZE;
  bool footer = has_footer(r);
  while (r->size - at >= MCAP_HEAD_SIZE) {
    uint8_t head[MCAP_HEAD_SIZE];
    if (!read_at(r, at, head, sizeof head)) break;
    uint64_t size = little(head + 1, 8);
    if (head[0] == MCAP_DATA_END && size == 4 && footer) return;
    if (size > r->size - at - MCAP_HEAD_SIZE || !take_record(r, head[0], at + MCAP_HEAD_SIZE, size)) break;
    at += MCAP_HEAD_SIZE + size;
  }
  r->cut = true;
  r->damaged = footer;
  snprintf(r->note, sizeof r->note, footer ? "the recording is damaged at byte %llu; what comes before is read" : "the end of the recording is missing; it is whole up to byte %llu",
           (unsigned long long)at);
}

struct recording *recording_open(const char *path, struct error *e) {
  struct recording *r = calloc(1, sizeof *r);
  if (!r) {
    error_at(e, STATUS_MEMORY, path, 0, 0, "no memory for the recording");
    return NULL;
  }
  snprintf(r->path, sizeof r->path, "%s", path);
  r->loaded = SIZE_MAX;
  r->fd = open(path, O_RDONLY | O_CLOEXEC);
  crc_table_make(&r->table);
  r->zstd = ZSTD_createDCtx();
  struct stat st;
  uint8_t magic[MCAP_MAGIC_SIZE];
  if (r->fd < 0 || fstat(r->fd, &st) < 0) error_at(e, STATUS_IO, path, 0, 0, "cannot open the recording: %s", strerror(errno));
  else if (!S_ISREG(st.st_mode)) error_at(e, STATUS_IO, path, 0, 0, "is not a file");
  else if (!r->zstd) error_at(e, STATUS_MEMORY, path, 0, 0, "no memory for the recording");
  else {
    r->size = (uint64_t)st.st_size;
    if (r->size < sizeof magic || !read_at(r, 0, magic, sizeof magic) || memcmp(magic, MCAP_MAGIC, sizeof magic)) {
      error_at(e, STATUS_CORRUPT, path, 0, 0, "is not a recording: it does not begin as an MCAP file does");
    } else {
      scan(r);
      if (r->have_info) return r;
      error_at(e, STATUS_CORRUPT, path, 0, 0, r->cut ? "is damaged or cut before its first message" : "is an MCAP file, but no recording of takt: it has no metadata \"takt\"");
    }
  }
  recording_close(r);
  return NULL;
}

void recording_close(struct recording *r) {
  if (!r) return;
  if (r->fd >= 0) close(r->fd);
  ZSTD_freeDCtx(r->zstd);
  free(r->packed);
  free(r->data);
  free(r->chunk);
  free(r->attached);
  bytes_finish(&r->kept);
  free(r);
}

const struct recording_info *recording_info(const struct recording *r) { return &r->info; }
bool recording_cut(const struct recording *r) { return r->cut; }
bool recording_damaged(const struct recording *r) { return r->damaged; }
const char *recording_note(const struct recording *r) { return r->note; }
int64_t recording_start(const struct recording *r) { return r->count ? r->chunk[0].first : 0; }
int64_t recording_end(const struct recording *r) { return r->count ? r->chunk[r->count - 1].last : 0; }

// ---- one chunk ------------------------------------------------------------------------------------------

static bool reserve(uint8_t **data, size_t *capacity, size_t size) {
  if (size <= *capacity) return true;
  uint8_t *larger = realloc(*data, size);
  if (!larger) return false;
  *data = larger;
  *capacity = size;
  return true;
}

// All records lie inside the chunk, times do not go back and stay within what its head says.
static bool messages_valid(const struct recording *r, const struct place *p) {
  int64_t before = p->first;
  size_t at = 0;
  while (at < r->data_size) {
    if (r->data_size - at < MCAP_HEAD_SIZE) return false;
    const uint8_t *record = r->data + at;
    uint64_t size = little(record + 1, 8);
    if (size > r->data_size - at - MCAP_HEAD_SIZE) return false;
    if (record[0] == MCAP_MESSAGE) {
      if (size < MCAP_MESSAGE_HEAD) return false;
      uint64_t time = little(record + MCAP_HEAD_SIZE + 6, 8);
      if (time < (uint64_t)before || time > (uint64_t)p->last) return false;
      before = (int64_t)time;
    }
    at += MCAP_HEAD_SIZE + size;
  }
  return true;
}

static enum status load(struct recording *r, size_t k, struct error *e) {
  if (r->loaded == k) return STATUS_OK;
  const struct place *p = &r->chunk[k];
  r->loaded = SIZE_MAX;
  if (!reserve(&r->packed, &r->packed_capacity, (size_t)p->packed) || !reserve(&r->data, &r->data_capacity, (size_t)p->unpacked))
    return error_at(e, STATUS_MEMORY, r->path, 0, 0, "no memory for a chunk of %llu bytes", (unsigned long long)p->unpacked);
  if (!read_at(r, p->offset, p->zstd ? r->packed : r->data, (size_t)p->packed))
    return error_at(e, STATUS_IO, r->path, 0, 0, "cannot read the recording at byte %llu", (unsigned long long)p->offset);
  r->data_size = (size_t)p->unpacked;
  if (p->zstd && ZSTD_decompressDCtx(r->zstd, r->data, r->data_size, r->packed, (size_t)p->packed) != r->data_size)
    return error_at(e, STATUS_CORRUPT, r->path, 0, 0, "the chunk at byte %llu cannot be unpacked", (unsigned long long)p->offset);
  if (p->crc && crc32_add(&r->table, 0, r->data, r->data_size) != p->crc)
    return error_at(e, STATUS_CORRUPT, r->path, 0, 0, "the chunk at byte %llu fails its CRC", (unsigned long long)p->offset);
  if (!messages_valid(r, p))
    return error_at(e, STATUS_CORRUPT, r->path, 0, 0, "the chunk at byte %llu holds records that do not fit it", (unsigned long long)p->offset);
  r->loaded = k;
  return STATUS_OK;
}

// The next message of a channel in mask of the loaded chunk, from byte *at on. False at its end.
static bool chunk_next(const struct recording *r, size_t *at, unsigned mask, struct recording_message *m) {
  while (*at < r->data_size) {
    const uint8_t *record = r->data + *at;
    size_t size = (size_t)little(record + 1, 8);
    *at += MCAP_HEAD_SIZE + size;
    if (record[0] != MCAP_MESSAGE) continue;
    const uint8_t *body = record + MCAP_HEAD_SIZE;
    enum channel c = r->channel_of[little(body, 2)];
    if (!(mask >> c & 1) || c == 0) continue;
    *m = (struct recording_message){ c, (int64_t)little(body + 6, 8), body + MCAP_MESSAGE_HEAD, size - MCAP_MESSAGE_HEAD };
    return true;
  }
  return false;
}

// ---- attachments -----------------------------------------------------------------------------------------

int recording_attachments(const struct recording *r) { return r->attached_count; }

enum status recording_attachment(struct recording *r, int index, const char **name, const uint8_t **data, size_t *size, struct error *e) {
  assert(index >= 0 && index < r->attached_count);
  const struct attached *a = &r->attached[index];
  size_t all = (size_t)(a->offset - a->from + a->size);         // what the CRC covers
  if (!reserve(&r->packed, &r->packed_capacity, all)) return error_at(e, STATUS_MEMORY, r->path, 0, 0, "no memory for %s", a->name);
  if (!read_at(r, a->from, r->packed, all)) return error_at(e, STATUS_IO, r->path, 0, 0, "cannot read %s in the recording", a->name);
  if (a->crc && crc32_add(&r->table, 0, r->packed, all) != a->crc) return error_at(e, STATUS_CORRUPT, r->path, 0, 0, "%s in it fails its CRC", a->name);
  *name = a->name;
  *data = r->packed + (a->offset - a->from);
  *size = (size_t)a->size;
  return STATUS_OK;
}

// ---- walking --------------------------------------------------------------------------------------------

void recording_rewind(struct recording *r, int64_t at, unsigned mask) {
  r->at_chunk = r->at_byte = 0;
  while (r->at_chunk < r->count && r->chunk[r->at_chunk].last < at) r->at_chunk++;
  r->from = at;
  r->mask = mask;
}

bool recording_next(struct recording *r, struct recording_message *m, struct error *e) {
  if (e) *e = (struct error){ 0 };
  while (r->at_chunk < r->count) {
    if (load(r, r->at_chunk, e) != STATUS_OK) {
      r->at_chunk++;                // a caller that goes on finds what lies behind the damage
      r->at_byte = 0;
      return false;
    }
    while (chunk_next(r, &r->at_byte, r->mask, m))
      if (m->at >= r->from) return true;
    r->at_chunk++;
    r->at_byte = 0;
  }
  return false;
}

// ---- seeking --------------------------------------------------------------------------------------------

static enum frame_type type_of(const struct recording_message *m) {
  return m->size >= 2 && m->data[0] == 0x92 && m->data[1] <= FRAME_PLANNED ? (enum frame_type)m->data[1] : 0;
}

enum status recording_feed(const struct recording_message *m, struct frame_decoder *d, struct error *e) {
  enum frame_type type;
  if (m->channel == CHANNEL_FRAMES) return frame_read(d, m->data, m->size, &type, e);
  if (m->channel != CHANNEL_EVENTS && m->channel != CHANNEL_KPI && m->channel != CHANNEL_DECISIONS) return STATUS_OK;

  // on their own channels these are bodies
  struct bytes whole = { 0 };
  uint8_t head[2] = { 0x92, m->channel == CHANNEL_KPI ? FRAME_KPI : m->channel == CHANNEL_EVENTS ? FRAME_EVENTS : FRAME_DECISIONS };
  enum status s = bytes_append(&whole, head, 2) && bytes_append(&whole, m->data, m->size) ? frame_read(d, whole.data, whole.size, &type, e)
                                                                                         : error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for a message");
  bytes_finish(&whole);
  return s;
}

// Last keyframe and last delta at or before `at` in the loaded chunk; the delta only if it comes after the keyframe.
static void look(const struct recording *r, int64_t at, struct recording_message *key, struct recording_message *delta) {
  struct recording_message m;
  size_t byte = 0;
  while (chunk_next(r, &byte, 1u << CHANNEL_FRAMES, &m) && m.at <= at) {
    enum frame_type type = type_of(&m);
    if (type == FRAME_KEYFRAME) {
      *key = m;
      delta->data = NULL;
    } else if (type == FRAME_DELTA) {
      *delta = m;
    }
  }
}

static enum status feed_hello(struct recording *r, struct frame_decoder *d, struct error *e) {
  if (frame_hello_read(d)) return STATUS_OK;
  struct recording_message m;
  recording_rewind(r, 0, 1u << CHANNEL_FRAMES);
  struct error trouble;
  if (!recording_next(r, &m, &trouble)) {
    if (trouble.status != STATUS_OK && e) *e = trouble;
    return trouble.status;
  }
  enum status s = type_of(&m) == FRAME_HELLO ? recording_feed(&m, d, e) : STATUS_OK;
  // a plan follows before the first picture
  while (s == STATUS_OK && recording_next(r, &m, &trouble) && type_of(&m) == FRAME_PLANNED) s = recording_feed(&m, d, e);
  return s;
}

static enum status feed_kpi(struct recording *r, size_t chunk, int64_t at, struct frame_decoder *d, struct error *e) {
  for (int back = 0; back < 2; back++) {
    struct recording_message m, found = { .data = NULL };
    enum status s = load(r, chunk, e);
    if (s != STATUS_OK) return s;
    size_t byte = 0;
    while (chunk_next(r, &byte, 1u << CHANNEL_KPI, &m) && m.at <= at) found = m;
    if (found.data) return recording_feed(&found, d, e);
    if (chunk-- == 0) break;
  }
  return STATUS_OK;
}

static enum status feed_first(struct recording *r, struct frame_decoder *d, struct error *e) {
  struct recording_message m;
  struct error trouble;
  recording_rewind(r, 0, 1u << CHANNEL_FRAMES);
  while (recording_next(r, &m, &trouble))
    if (type_of(&m) == FRAME_KEYFRAME) return recording_feed(&m, d, e);
  return error_at(e, trouble.status ? trouble.status : STATUS_CORRUPT, r->path, 0, 0, "%s", trouble.status ? trouble.text : "the recording has no picture");
}

enum status recording_seek(struct recording *r, int64_t at, struct frame_decoder *d, struct error *e) {
  enum status s = feed_hello(r, d, e);
  if (s != STATUS_OK) return s;
  frame_decoder_rewind(d);
  size_t last = 0;
  while (last + 1 < r->count && r->chunk[last + 1].first <= at) last++;
  bool found = false, kept = false;
  for (size_t k = last, back = 0; r->count && !found && back < BACK_CHUNKS_MAX; back++) {
    struct recording_message key = { .data = NULL }, delta = { .data = NULL };
    s = load(r, k, e);
    if (s != STATUS_OK) return s;
    look(r, at, &key, &delta);
    if (key.data) {
      s = recording_feed(&key, d, e);
      if (s != STATUS_OK) return s;
      found = true;
    }

    // of all deltas only the last counts; its keyframe may lie in an earlier chunk
    if (delta.data && !kept) {
      r->kept.size = 0;
      if (!bytes_append(&r->kept, delta.data, delta.size)) return error_at(e, STATUS_MEMORY, r->path, 0, 0, "no memory for a frame");
      kept = true;
    }
    if (k-- == 0) break;
  }
  if (!found) return feed_first(r, d, e);
  if (kept) {
    enum frame_type type;
    s = frame_read(d, r->kept.data, r->kept.size, &type, e);
    if (s != STATUS_OK) return s;
  }
  return feed_kpi(r, last, at, d, e);
}
