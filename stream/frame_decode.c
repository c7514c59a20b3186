#include <stdlib.h>
#include <string.h>

#include "stream/columns.h"
#include "stream/cursor.h"
#include "stream/decision_store.h"
#include "stream/frame.h"
#include "stream/message_decode.h"
#include "stream/planned_store.h"

struct frame_decoder {
  struct hello_store  hello;
  struct kpi_store    kpi;
  struct event_store  events;
  struct status_store status;
  struct decision_store decisions;
  struct planned_store planned;

  struct table base[TABLES], next[TABLES];    // the keyframe, and the picture being read
  bool         have_base, have_picture, waiting;
  uint32_t     base_seq, seq;                 // of the keyframe; of the newest frame
  struct picture picture;                     // pointers into the arrays below
  int          robots, stations, parts;       // capacity of those arrays
  struct frame_body body[FRAME_BODIES_MAX], next_body[FRAME_BODIES_MAX];    // of the picture; being read
  struct frame_limbs limbs[FRAME_BODIES_MAX], next_limbs[FRAME_BODIES_MAX];
  int          next_bodies, next_limbed;
  struct frame_way  *base_way, *next_way;           // (robots) of the keyframe; being read
  int          ways[2];                       // their capacities
};

struct frame_decoder *frame_decoder_create(void) { return calloc(1, sizeof(struct frame_decoder)); }

static void picture_finish(struct picture *p) {
  struct picture_robots *r = &p->robots;
  void *all[] = { r->id, r->fleet, r->cause, r->pose, r->pos, r->heading, r->speed, r->phase, r->charge, r->held, r->from, r->to, r->hand, r->step, r->waits, r->kept, r->legs, r->way,
                  p->stations.cause, p->stations.count, p->stations.progress, p->stations.made, p->parts.id, p->parts.type, p->parts.pos };
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) free(all[i]);
}

void frame_decoder_destroy(struct frame_decoder *d) {
  if (!d) return;
  hello_finish(&d->hello);
  kpi_finish(&d->kpi);
  decisions_finish(&d->decisions);
  planned_finish(&d->planned);
  for (int k = 0; k < TABLES; k++) {
    table_finish(&d->base[k]);
    table_finish(&d->next[k]);
  }
  free(d->base_way);
  free(d->next_way);
  picture_finish(&d->picture);
  free(d);
}

void frame_decoder_rewind(struct frame_decoder *d) {
  d->have_base = d->have_picture = d->waiting = false;
  d->events.n = 0;
  decisions_clear(&d->decisions);
}

bool frame_waiting(const struct frame_decoder *d) { return d->waiting; }
const struct picture *frame_picture(const struct frame_decoder *d) { return d->have_picture ? &d->picture : NULL; }
const struct frame_hello *frame_hello_read(const struct frame_decoder *d) { return d->hello.have ? &d->hello.hello : NULL; }
const struct frame_status *frame_status_read(const struct frame_decoder *d) { return d->status.have ? &d->status.status : NULL; }
uint64_t frame_events_total(const struct frame_decoder *d) { return d->events.total; }

const struct frame_decision *frame_decision_read(const struct frame_decoder *d, uint32_t robot) { return decisions_find(&d->decisions, robot); }

int frame_events_read(const struct frame_decoder *d, const struct frame_event **events) {
  *events = d->events.event;
  return d->events.n;
}

int frame_planned_read(const struct frame_decoder *d, const struct frame_bar **bar) {
  *bar = d->planned.bar;
  return d->planned.n;
}

int frame_kpi_read(const struct frame_decoder *d, const struct frame_kpi **kpi) {
  *kpi = d->kpi.kpi;
  return d->kpi.n;
}

// ---- from fixed point -----------------------------------------------------------------------------

#define COLUMN(t, type, c) ((type *)(void *)(t)->column[c])

static bool grow(void *array, int n, size_t size) {
  void **p = array;
  void *larger = realloc(*p, (size_t)n * size);
  if (!larger) return false;
  *p = larger;
  return true;
}

// Room for the rows of `next`; a failure leaves arrays that are only larger than they need be.
static bool picture_reserve(struct frame_decoder *d) {
  struct picture_robots *r = &d->picture.robots;
  struct picture_stations *s = &d->picture.stations;
  struct picture_parts *p = &d->picture.parts;
  int n = d->next[TABLE_ROBOTS].n;
  if (n > d->robots) {
    if (!grow(&r->id, n, 4) || !grow(&r->fleet, n, 1) || !grow(&r->cause, n, 1) || !grow(&r->pose, n, 1) || !grow(&r->pos, n, 8) ||
        !grow(&r->heading, n, 4) || !grow(&r->speed, n, 4) || !grow(&r->phase, n, 4) || !grow(&r->charge, n, 4) || !grow(&r->held, n, 2) ||
        !grow(&r->from, n, 2) || !grow(&r->to, n, 2) || !grow(&r->hand, n, sizeof r->hand[0]) || !grow(&r->step, n, 4) || !grow(&r->waits, n, 4) ||
        !grow(&r->kept, n, sizeof r->kept[0]) || !grow(&r->legs, n, 1) || !grow(&r->way, n, sizeof r->way[0])) return false;
    d->robots = n;
  }
  n = d->next[TABLE_STATIONS].n;
  if (n > d->stations) {
    if (!grow(&s->cause, n, 1) || !grow(&s->count, n, 2) || !grow(&s->progress, n, 4) || !grow(&s->made, n, 8)) return false;
    d->stations = n;
  }
  n = d->next[TABLE_PARTS].n;
  if (n > d->parts) {
    if (!grow(&p->id, n, 4) || !grow(&p->type, n, 1) || !grow(&p->pos, n, 8)) return false;
    d->parts = n;
  }
  return true;
}

static void to_metres(float (*m)[2], const uint8_t *mm, int n) {
  const int32_t (*from)[2] = (const int32_t (*)[2])(const void *)mm;
  for (int i = 0; i < n; i++)
    for (int k = 0; k < 2; k++) m[i][k] = (float)((double)from[i][k] * 0.001);
}

static void to_shares(float *share, const uint8_t *column, int n, float step) {
  const uint16_t *from = (const uint16_t *)(const void *)column;
  for (int i = 0; i < n; i++) share[i] = (float)from[i] * step;
}

static void copy_column(void *to, const struct table *t, int c, size_t size) {
  if (t->n) memcpy(to, t->column[c], (size_t)t->n * size);
}

static void picture_fill(struct frame_decoder *d) {
  const struct table *t = &d->next[TABLE_ROBOTS];
  struct picture_robots *r = &d->picture.robots;
  r->n = t->n;
  copy_column(r->id, t, ROBOT_COLUMN_ID, 4);
  copy_column(r->fleet, t, ROBOT_COLUMN_FLEET, 1);
  copy_column(r->cause, t, ROBOT_COLUMN_CAUSE, 1);
  copy_column(r->pose, t, ROBOT_COLUMN_POSE, 1);
  copy_column(r->held, t, ROBOT_COLUMN_HELD, 2);
  copy_column(r->from, t, ROBOT_COLUMN_FROM, 2);
  copy_column(r->to, t, ROBOT_COLUMN_TO, 2);
  copy_column(r->step, t, ROBOT_COLUMN_STEP, 4);
  copy_column(r->waits, t, ROBOT_COLUMN_WAITS, 4);
  to_metres(r->pos, t->column[ROBOT_COLUMN_POS], t->n);
  to_shares(r->heading, t->column[ROBOT_COLUMN_HEADING], t->n, 6.28318530717958648f / 65536);
  to_shares(r->speed, t->column[ROBOT_COLUMN_SPEED], t->n, 0.001f);
  to_shares(r->charge, t->column[ROBOT_COLUMN_CHARGE], t->n, 1.0f / 65535);
  for (int i = 0; i < t->n; i++) {
    const int8_t *hand = COLUMN(t, const int8_t, ROBOT_COLUMN_HAND) + 4 * (size_t)i;
    r->phase[i] = (float)t->column[ROBOT_COLUMN_PHASE][i] / 256;
    const uint16_t *kept = COLUMN(t, const uint16_t, ROBOT_COLUMN_KEPT) + 2 * (size_t)i;
    for (int k = 0; k < 2; k++) r->kept[i][k] = kept[0] == 65535 || kept[1] == 65535 ? -1 : (float)kept[k] * 0.02f;
    r->legs[i] = d->next_way[i].points;
    to_metres(r->way[i], (const uint8_t *)d->next_way[i].at, r->legs[i]);
    for (int h = 0; h < 4; h++) r->hand[i][h >> 1][h & 1] = r->pos[i][h & 1] + (float)hand[h] * 0.01f;
  }

  t = &d->next[TABLE_STATIONS];
  d->picture.stations.n = t->n;
  copy_column(d->picture.stations.cause, t, STATION_COLUMN_CAUSE, 1);
  copy_column(d->picture.stations.count, t, STATION_COLUMN_COUNT, 2);
  copy_column(d->picture.stations.made, t, STATION_COLUMN_MADE, 8);
  to_shares(d->picture.stations.progress, t->column[STATION_COLUMN_PROGRESS], t->n, 1.0f / 65535);

  t = &d->next[TABLE_PARTS];
  d->picture.parts.n = t->n;
  copy_column(d->picture.parts.id, t, PART_COLUMN_ID, 4);
  copy_column(d->picture.parts.type, t, PART_COLUMN_TYPE, 1);
  to_metres(d->picture.parts.pos, t->column[PART_COLUMN_POS], t->n);
}

// ---- checks ---------------------------------------------------------------------------------------

static bool rows_in(const int16_t *row, int n, int count) {
  for (int i = 0; i < n; i++)
    if (row[i] < -1 || row[i] >= count) return false;
  return true;
}

static bool bytes_in(const uint8_t *value, int n, int count) {
  for (int i = 0; i < n; i++)
    if (value[i] >= count) return false;
  return true;
}

static bool positions_in(const uint8_t *column, int n) {
  const int32_t *mm = (const int32_t *)(const void *)column;
  for (int i = 0; i < 2 * n; i++)
    if (mm[i] < -POSITION_MAX || mm[i] > POSITION_MAX) return false;
  return true;
}

// Everything that a reader of the picture takes for granted.
static enum status picture_check(const struct frame_decoder *d, int64_t total, struct error *e) {
  const struct frame_hello *h = &d->hello.hello;
  bool named = d->hello.have;
  int fleets = named ? h->fleet_count : 256, parts = named ? h->part_count : 32768, stations = named ? h->station_count : 32768;
  const struct table *t = &d->next[TABLE_ROBOTS];
  if (!positions_in(t->column[ROBOT_COLUMN_POS], t->n)) return bad_stream(e, "a robot is further than 1e6 m away");
  if (!bytes_in(t->column[ROBOT_COLUMN_FLEET], t->n, fleets)) return bad_stream(e, "a robot is of a fleet that the hello does not name");
  if (!bytes_in(t->column[ROBOT_COLUMN_CAUSE], t->n, FRAME_ROBOT_CAUSES)) return bad_stream(e, "a robot has an unknown cause");
  if (!bytes_in(t->column[ROBOT_COLUMN_POSE], t->n, FRAME_POSES)) return bad_stream(e, "a robot has an unknown pose");
  if (!rows_in(COLUMN(t, const int16_t, ROBOT_COLUMN_HELD), t->n, parts)) return bad_stream(e, "a robot holds a part that the hello does not name");
  if (!rows_in(COLUMN(t, const int16_t, ROBOT_COLUMN_FROM), t->n, stations) || !rows_in(COLUMN(t, const int16_t, ROBOT_COLUMN_TO), t->n, stations))
    return bad_stream(e, "a robot is under way to a station that the hello does not name");

  for (int i = 0; i < t->n; i++) {
    if (COLUMN(t, const int32_t, ROBOT_COLUMN_STEP)[i] < -1) return bad_stream(e, "a robot is at a step below the first");
    if (COLUMN(t, const int32_t, ROBOT_COLUMN_WAITS)[i] < -1) return bad_stream(e, "a robot waits for one below the first");
  }

  t = &d->next[TABLE_STATIONS];
  if (named && t->n != h->station_count) return bad_stream(e, "a frame has %d stations, the hello %d", t->n, h->station_count);
  if (!bytes_in(t->column[STATION_COLUMN_CAUSE], t->n, FRAME_STATION_CAUSES)) return bad_stream(e, "a station has an unknown cause");
  for (int i = 0; i < t->n; i++)
    if (COLUMN(t, const int64_t, STATION_COLUMN_MADE)[i] < 0) return bad_stream(e, "a station has made fewer than no parts");

  t = &d->next[TABLE_PARTS];
  if (!positions_in(t->column[PART_COLUMN_POS], t->n)) return bad_stream(e, "a part is further than 1e6 m away");
  if (named && !bytes_in(t->column[PART_COLUMN_TYPE], t->n, parts)) return bad_stream(e, "a part is of a type that the hello does not name");
  if (total < t->n) return bad_stream(e, "a frame shows %d parts and says that there are %lld", t->n, (long long)total);
  return STATUS_OK;
}

// The picture in `next` is whole: check it, then show it.
static enum status picture_take(struct frame_decoder *d, int64_t now, int64_t total, struct error *e) {
  enum status s = picture_check(d, total, e);
  if (s != STATUS_OK) return s;
  if (now < 0) return bad_stream(e, "a frame is of a time before the start");
  if (d->have_picture && now < d->picture.now) return bad_stream(e, "time goes back from %lld to %lld ns", (long long)d->picture.now, (long long)now);
  if (!picture_reserve(d)) return error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for a picture of %d robots and %d parts", d->next[TABLE_ROBOTS].n, d->next[TABLE_PARTS].n);
  picture_fill(d);
  d->picture.now = now;
  d->picture.parts.total = total;
  d->have_picture = true;
  d->waiting = false;
  return STATUS_OK;
}

// ---- keyframe -------------------------------------------------------------------------------------

enum { FRAME_SEQ, FRAME_BASE, FRAME_NOW, FRAME_TABLES, FRAME_BODY_LIST = FRAME_TABLES + TABLES, FRAME_WAY_LIST, FRAME_LIMB_LIST };
#define FRAME_NEEDED ((1u << FRAME_BODY_LIST) - 1)              // keys of a frame; bodies, limbs and ways may be left out
static const char *const frame_keys[] = { "seq", "base", "now", "robots", "stations", "parts", "bodies", "ways", "limbs", NULL };

static void bodies_read(struct frame_decoder *d, struct cursor *c) {
  uint32_t n = cursor_array(c);
  if (n > FRAME_BODIES_MAX) c->bad = true;
  for (uint32_t i = 0; i < n && !c->bad; i++) {
    struct span s = cursor_bin(c);
    if (!c->bad && !body_read(&d->next_body[i], s.data, s.size)) c->bad = true;
  }
  d->next_bodies = c->bad ? 0 : (int)n;
}

static void limbs_take(struct frame_decoder *d, struct cursor *c) {
  uint32_t n = cursor_array(c);
  if (n > FRAME_BODIES_MAX) c->bad = true;
  for (uint32_t i = 0; i < n && !c->bad; i++) {
    struct span s = cursor_bin(c);
    if (!c->bad && !limbs_read(&d->next_limbs[i], s.data, s.size)) c->bad = true;
  }
  d->next_limbed = c->bad ? 0 : (int)n;
}

// Limbs are those of the bodies, one by one.
static bool limbs_fit(const struct frame_decoder *d) {
  if (d->next_limbed != 0 && d->next_limbed != d->next_bodies) return false;
  for (int i = 0; i < d->next_limbed; i++)
    if (d->next_limbs[i].id != d->next_body[i].id || d->next_limbs[i].points != d->next_body[i].points) return false;
  return true;
}

// What was read becomes the picture's.
static void bodies_take(struct frame_decoder *d) {
  memcpy(d->body, d->next_body, (size_t)d->next_bodies * sizeof *d->body);
  memcpy(d->limbs, d->next_limbs, (size_t)d->next_limbed * sizeof *d->limbs);
  d->picture.bodies = (struct picture_bodies){ d->next_bodies, d->body, d->next_limbed ? d->limbs : NULL };
}

// The ways of n robots: those of base (NULL: nobody walks), and what was told.
static bool ways_take(struct frame_decoder *d, int n, const struct frame_way *base, struct span told) {
  if (n > d->ways[1]) {
    if (!grow(&d->next_way, n, sizeof *d->next_way)) return false;
    d->ways[1] = n;
  }
  for (int i = 0; i < n; i++) {
    if (base) d->next_way[i] = base[i];
    else d->next_way[i].points = 0;
  }
  return (told.size == 0 || ways_read(d->next_way, n, told.data, told.size));
}

static int column_find(enum table_kind k, struct span key) {
  for (int c = 0; c < table_shape[k].columns; c++)
    if (span_is(key, table_shape[k].column[c].key)) return c;
  return -1;
}

// Every column of a table as bin; the rows are as many as the bytes that came.
static enum status table_read(struct cursor *c, enum table_kind k, struct table *t, int64_t *total, struct error *e) {
  struct span column[COLUMNS_MAX] = { 0 };
  uint32_t seen = 0, optional = 0, pairs = cursor_map(c);
  bool have_total = false;
  for (uint32_t i = 0; i < pairs && !c->bad; i++) {
    struct span key = cursor_text(c);
    int found = column_find(k, key);
    if (found >= 0) {
      if (seen >> found & 1) c->bad = true;
      seen |= 1u << found;
      column[found] = cursor_bin(c);
    } else if (total && !have_total && span_is(key, "total")) {
      *total = cursor_integer(c);
      have_total = true;
    } else {
      cursor_skip(c);
    }
  }
  const char *name = table_shape[k].key;
  for (int i = 0; i < table_shape[k].columns; i++)
    if (column_optional(k, i)) optional |= 1u << i;
  if (c->bad || (seen | optional) != (1u << table_shape[k].columns) - 1 || (total && !have_total)) return bad_stream(e, "the %s of a keyframe are not complete", name);
  size_t n = column[0].size / (size_t)table_shape[k].column[0].size;
  for (int i = 0; i < table_shape[k].columns; i++)
    if (seen >> i & 1 && column[i].size != n * (size_t)table_shape[k].column[i].size) return bad_stream(e, "the columns of %s differ in length", name);
  if (!table_resize(t, k, (int)n)) return error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for %zu %s", n, name);
  for (int i = 0; i < table_shape[k].columns; i++)
    if (n && seen >> i & 1) memcpy(t->column[i], column[i].data, column[i].size);
    else if (n) memset(t->column[i], 0xff, n * (size_t)table_shape[k].column[i].size);
  return STATUS_OK;
}

static enum status keyframe_read(struct frame_decoder *d, struct cursor *c, struct error *e) {
  uint32_t seen = 0, pairs = cursor_map(c);
  uint64_t seq = 0;
  int64_t now = 0, total = 0;
  struct span ways = { 0 };
  d->next_bodies = d->next_limbed = 0;
  for (uint32_t i = 0; i < pairs && !c->bad; i++) {
    struct span key = cursor_text(c);
    int found = cursor_key(c, key, frame_keys, &seen);
    if (found == FRAME_SEQ) seq = cursor_unsigned(c);
    else if (found == FRAME_WAY_LIST) ways = cursor_bin(c);
    else if (found == FRAME_LIMB_LIST) limbs_take(d, c);
    else if (found == FRAME_NOW) now = cursor_integer(c);
    else if (found == FRAME_BODY_LIST) bodies_read(d, c);
    else if (found < FRAME_TABLES) cursor_skip(c);
    else {
      enum table_kind k = (enum table_kind)(found - FRAME_TABLES);
      enum status s = table_read(c, k, &d->next[k], k == TABLE_PARTS ? &total : NULL, e);
      if (s != STATUS_OK) return s;
    }
  }
  if (c->bad || ((seen | 1u << FRAME_BASE) & FRAME_NEEDED) != FRAME_NEEDED || seq == 0 || seq > UINT32_MAX) return bad_stream(e, "a keyframe is not complete");
  if (!limbs_fit(d)) return bad_stream(e, "the limbs of a keyframe are not those of its bodies");
  if (!ways_take(d, d->next[TABLE_ROBOTS].n, NULL, ways)) return bad_stream(e, "the ways of a keyframe do not fit its robots");
  enum status s = picture_take(d, now, total, e);
  if (s != STATUS_OK) return s;
  for (int k = 0; k < TABLES; k++) {
    struct table old = d->base[k];
    d->base[k] = d->next[k];
    d->next[k] = old;
  }
  struct frame_way *old_way = d->base_way;
  int capacity = d->ways[0];
  d->base_way = d->next_way;
  d->ways[0] = d->ways[1];
  d->next_way = old_way;
  d->ways[1] = capacity;
  bodies_take(d);
  d->base_seq = d->seq = (uint32_t)seq;
  d->have_base = true;
  return STATUS_OK;
}

// ---- delta ----------------------------------------------------------------------------------------

// [bits of rows, values]: false when they do not fit n rows of `size` bytes.
struct changes { struct span bits, values; };

static struct changes changes_take(struct cursor *c, int n, size_t size) {
  struct changes ch = { 0 };
  if (cursor_array(c) != 2) c->bad = true;
  ch.bits = cursor_bin(c);
  ch.values = cursor_bin(c);
  if (c->bad || ch.bits.size != (size_t)bits_size(n)) {
    c->bad = true;
    return ch;
  }
  size_t set = 0;
  for (size_t i = 0; i < ch.bits.size; i++) set += (size_t)__builtin_popcount(ch.bits.data[i]);
  if (ch.values.size != set * size) c->bad = true;
  if (n & 7 && ch.bits.data[ch.bits.size - 1] >> (n & 7)) c->bad = true;       // bits past the last row
  return ch;
}

static void column_patch(struct cursor *c, uint8_t *column, int n, size_t size) {
  struct changes ch = changes_take(c, n, size);
  const uint8_t *from = ch.values.data;
  for (int i = 0; i < n && !c->bad; i++)
    if (bit_get(ch.bits.data, i)) {
      memcpy(column + (size_t)i * size, from, size);
      from += size;
    }
}

static void positions_patch(struct cursor *c, uint8_t *column, const uint8_t *base, int n) {
  struct changes ch = changes_take(c, n, 4);
  const uint8_t *from = ch.values.data;
  for (int i = 0; i < n && !c->bad; i++) {
    if (!bit_get(ch.bits.data, i)) continue;
    int16_t diff[2];
    int32_t mm[2];
    memcpy(diff, from, 4);
    memcpy(mm, base + 8 * (size_t)i, 8);
    for (int k = 0; k < 2; k++) mm[k] += diff[k];               // base is within POSITION_MAX
    memcpy(column + 8 * (size_t)i, mm, 8);
    from += 4;
  }
}

static enum status table_patch(struct cursor *c, enum table_kind k, struct table *t, const struct table *base, struct error *e) {
  uint32_t seen = 0, pairs = cursor_map(c);
  for (uint32_t i = 0; i < pairs && !c->bad; i++) {
    struct span key = cursor_text(c);
    int found = column_find(k, key), bit = found;
    bool far = k == TABLE_ROBOTS && span_is(key, "far");
    if (far) found = ROBOT_COLUMN_POS, bit = COLUMNS_MAX;
    if (found < 0) {
      cursor_skip(c);
      continue;
    }
    if (seen >> bit & 1) c->bad = true;
    seen |= 1u << bit;
    if (k == TABLE_ROBOTS && (found == ROBOT_COLUMN_ID || found == ROBOT_COLUMN_FLEET)) c->bad = true;
    else if (k == TABLE_ROBOTS && found == ROBOT_COLUMN_POS && !far) positions_patch(c, t->column[found], base->column[found], t->n);
    else column_patch(c, t->column[found], t->n, (size_t)table_shape[k].column[found].size);
  }
  return c->bad ? bad_stream(e, "the changes of %s do not fit the keyframe", table_shape[k].key) : STATUS_OK;
}

// New parts go behind the old ones.
static enum status parts_append(struct cursor *c, struct table *t, struct error *e) {
  struct table fresh = { 0 };
  enum status s = table_read(c, TABLE_PARTS, &fresh, NULL, e);
  int before = t->n;
  if (s == STATUS_OK && !table_resize(t, TABLE_PARTS, before + fresh.n)) s = error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for %d parts", before + fresh.n);
  for (int k = 0; s == STATUS_OK && k < PART_COLUMNS && fresh.n; k++) {
    size_t size = (size_t)table_shape[TABLE_PARTS].column[k].size;
    memcpy(t->column[k] + (size_t)before * size, fresh.column[k], (size_t)fresh.n * size);
  }
  table_finish(&fresh);
  return s;
}

static void parts_remove(struct table *t, const uint8_t *gone) {
  int kept = 0;
  for (int i = 0; i < t->n; i++) {
    if (bit_get(gone, i)) continue;
    for (int k = 0; k < PART_COLUMNS && kept < i; k++) {
      size_t size = (size_t)table_shape[TABLE_PARTS].column[k].size;
      memcpy(t->column[k] + (size_t)kept * size, t->column[k] + (size_t)i * size, size);
    }
    kept++;
  }
  t->n = kept;
}

static enum status parts_patch(struct cursor *c, struct table *t, const struct table *base, int64_t *total, struct error *e) {
  static const char *const keys[] = { "total", "gone", "pos", "far", "new", NULL };
  struct span gone = { 0 };
  struct cursor fresh = { .bad = true };
  uint32_t seen = 0, pairs = cursor_map(c);
  for (uint32_t i = 0; i < pairs && !c->bad; i++) {
    struct span key = cursor_text(c);
    switch (cursor_key(c, key, keys, &seen)) {
    case 0: *total = cursor_integer(c); break;
    case 1: gone = cursor_bin(c); break;
    case 2: positions_patch(c, t->column[PART_COLUMN_POS], base->column[PART_COLUMN_POS], t->n); break;
    case 3: column_patch(c, t->column[PART_COLUMN_POS], t->n, 8); break;
    case 4: fresh = *c, cursor_skip(c); break;
    default: cursor_skip(c); break;
    }
  }
  if (seen & 2 && (gone.size != (size_t)bits_size(t->n) || (t->n & 7 && gone.data[gone.size - 1] >> (t->n & 7)))) c->bad = true;
  if (c->bad || !(seen & 1)) return bad_stream(e, "the changes of parts do not fit the keyframe");
  if (seen & 2) parts_remove(t, gone.data);
  return seen & 16 ? parts_append(&fresh, t, e) : STATUS_OK;
}

static enum status delta_read(struct frame_decoder *d, struct cursor *c, struct error *e) {
  uint32_t seen = 0, pairs = cursor_map(c);
  uint64_t seq = 0, base = 0;
  int64_t now = 0, total = 0;
  struct cursor table[TABLES];
  struct span ways = { 0 };
  d->next_bodies = d->next_limbed = 0;
  for (uint32_t i = 0; i < pairs && !c->bad; i++) {
    struct span key = cursor_text(c);
    int found = cursor_key(c, key, frame_keys, &seen);
    if (found == FRAME_SEQ) seq = cursor_unsigned(c);
    else if (found == FRAME_BASE) base = cursor_unsigned(c);
    else if (found == FRAME_NOW) now = cursor_integer(c);
    else if (found == FRAME_BODY_LIST) bodies_read(d, c);
    else if (found == FRAME_WAY_LIST) ways = cursor_bin(c);
    else if (found == FRAME_LIMB_LIST) limbs_take(d, c);
    else {
      if (found >= FRAME_TABLES) table[found - FRAME_TABLES] = *c;
      cursor_skip(c);
    }
  }
  if (c->bad || (seen & FRAME_NEEDED) != FRAME_NEEDED || base == 0 || base >= seq || seq > UINT32_MAX) return bad_stream(e, "a delta is not complete");
  if (!limbs_fit(d)) return bad_stream(e, "the limbs of a delta are not those of its bodies");
  if (!d->have_base || base != d->base_seq) {
    d->waiting = true;
    return STATUS_OK;
  }
  if (seq <= d->seq) return bad_stream(e, "frame %llu comes after frame %u", (unsigned long long)seq, d->seq);
  for (int k = 0; k < TABLES; k++) {
    if (!table_resize(&d->next[k], k, d->base[k].n)) return error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for %d %s", d->base[k].n, table_shape[k].key);
    table_copy(&d->next[k], &d->base[k], k);
  }
  enum status s = table_patch(&table[TABLE_ROBOTS], TABLE_ROBOTS, &d->next[TABLE_ROBOTS], &d->base[TABLE_ROBOTS], e);
  if (s == STATUS_OK) s = table_patch(&table[TABLE_STATIONS], TABLE_STATIONS, &d->next[TABLE_STATIONS], &d->base[TABLE_STATIONS], e);
  if (s == STATUS_OK) s = parts_patch(&table[TABLE_PARTS], &d->next[TABLE_PARTS], &d->base[TABLE_PARTS], &total, e);
  if (s == STATUS_OK && !ways_take(d, d->base[TABLE_ROBOTS].n, d->base_way, ways)) s = bad_stream(e, "the ways of a delta do not fit its keyframe");
  if (s == STATUS_OK) s = picture_take(d, now, total, e);
  if (s != STATUS_OK) return s;
  bodies_take(d);
  d->seq = (uint32_t)seq;
  return STATUS_OK;
}

// ---- one message ------------------------------------------------------------------------------------

enum status frame_read(struct frame_decoder *d, const uint8_t *data, size_t size, enum frame_type *type, struct error *e) {
  if (size > FRAME_MAX) return bad_stream(e, "a message of %zu bytes is longer than %u", size, FRAME_MAX);
  if (!frame_skim(data, size)) return bad_stream(e, "the message is not one whole MessagePack value within the limits");
  struct cursor c = { data, data + size, false };
  uint32_t values = cursor_array(&c);
  int64_t what = cursor_integer(&c);
  if (c.bad || values != 2) return bad_stream(e, "the message is not [type, body]");
  if (what < FRAME_HELLO || what > FRAME_PLANNED || what == FRAME_COMMAND) return bad_stream(e, "the message has the unknown type %lld", (long long)what);
  *type = (enum frame_type)what;
  switch (*type) {
  case FRAME_KEYFRAME: return keyframe_read(d, &c, e);
  case FRAME_DELTA:    return delta_read(d, &c, e);
  case FRAME_EVENTS:   return events_read(&d->events, &c, e);
  case FRAME_KPI:      return kpi_read(&d->kpi, &c, e);
  case FRAME_DECISIONS:
    if (!decisions_read(&d->decisions, &c)) return error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for decisions");
    return c.bad ? bad_stream(e, "the decisions have an entry that is not whole or outside its limits") : STATUS_OK;
  case FRAME_PLANNED:
    if (!planned_read(&d->planned, &c, d->hello.have ? d->hello.hello.station_count : 0)) return error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for a plan");
    return c.bad ? bad_stream(e, "the plan has a bar that is not whole or of no station") : STATUS_OK;
  case FRAME_STATUS:   return status_read(&d->status, &c, e);
  default: break;
  }
  enum status s = hello_read(&d->hello, &c, e);
  if (s != STATUS_OK) return s;

  // a new session: nothing of the old one counts
  frame_decoder_rewind(d);
  kpi_finish(&d->kpi);
  planned_finish(&d->planned);
  d->status = (struct status_store){ 0 };
  d->events.total = 0;
  return STATUS_OK;
}
