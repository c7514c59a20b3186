#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stream/columns.h"
#include "stream/frame.h"
#include "stream/pack.h"

// Changes smaller than this are not worth a byte in a delta: 20 mm/s, 0.2 % of charge.
#define SPEED_BAND  20
#define CHARGE_BAND 131

// The encoder holds the last keyframe as it was sent, and the picture at hand in the same form.
struct frame_encoder {
  struct table base[TABLES], now[TABLES];
  uint32_t     seq, base_seq;       // 0: no keyframe yet
  int         *slot;                // part id -> row in base + 1, open addressing
  int          slots;               // a power of two, at least twice the parts
  uint8_t     *change;              // (parts of base) enum part_change
  int32_t    (*moved)[2];           // (parts of base) mm, where it is now
  int         *fresh;               // (parts of now) rows that base does not have
  int          change_capacity, fresh_capacity;
  struct frame_way  *way, *base_way;      // (robots of now, of base)
  int          way_capacity, base_way_capacity;
  uint8_t     *told;                // records of ways
  int          told_capacity;
  uint8_t     *mask;                // bits of rows
  int          mask_capacity;
};

enum part_change { PART_GONE, PART_SAME, PART_NEAR, PART_FAR };

struct frame_encoder *frame_encoder_create(void) { return calloc(1, sizeof(struct frame_encoder)); }

void frame_encoder_destroy(struct frame_encoder *e) {
  if (!e) return;
  for (int k = 0; k < TABLES; k++) {
    table_finish(&e->base[k]);
    table_finish(&e->now[k]);
  }
  free(e->slot);
  free(e->change);
  free(e->moved);
  free(e->fresh);
  free(e->mask);
  free(e->way);
  free(e->base_way);
  free(e->told);
  free(e);
}

// ---- to fixed point -----------------------------------------------------------------------------

static bool to_mm(const float m[2], int32_t mm[2]) {
  for (int k = 0; k < 2; k++) {
    if (!(m[k] >= -1e6f && m[k] <= 1e6f)) return false;
    mm[k] = (int32_t)lrint((double)m[k] * 1000.0);
  }
  return true;
}

// share of `full` steps, cut to 0..1; not a number gives 0
static uint16_t to_share(float v) {
  if (!(v > 0)) return 0;
  return v >= 1 ? 65535 : (uint16_t)(v * 65535.0f + 0.5f);
}

// fraction of a turn or of a cycle in 2^bits steps, whole turns dropped
static uint32_t to_turn(float v, float period, uint32_t steps) {
  double turns = (double)v / (double)period;
  if (!(turns > -1e9 && turns < 1e9)) return 0;
  turns -= floor(turns);
  return (uint32_t)lrint(turns * (double)steps) & (steps - 1);
}

static uint16_t to_speed(float v) {
  if (!(v > 0)) return 0;
  return v >= 65.535f ? 65535 : (uint16_t)(v * 1000.0f + 0.5f);
}

static int8_t to_cm(float m) {
  double cm = (double)m * 100.0;
  return (int8_t)(cm >= 127 ? 127 : cm <= -127 ? -127 : cm == cm ? lrint(cm) : 0);
}

// m from a way's end in 2 cm; < 0: none
static uint16_t to_kept(float m) {
  if (!(m >= 0)) return 65535;
  return m >= 1310 ? 65500 : (uint16_t)(m * 50.0f + 0.5f);
}

#define COLUMN(t, type, c) ((type *)(void *)(t)->column[c])

static enum status quantise_robots(const struct picture_robots *r, struct table *t) {
  if (!table_resize(t, TABLE_ROBOTS, r->n)) return STATUS_MEMORY;
  int32_t (*pos)[2] = (int32_t (*)[2])(void *)t->column[ROBOT_COLUMN_POS];
  for (int i = 0; i < r->n; i++)
    if (!to_mm(r->pos[i], pos[i])) return STATUS_RANGE;
  size_t n = (size_t)r->n;
  if (n) {
    memcpy(t->column[ROBOT_COLUMN_ID], r->id, 4 * n);
    memcpy(t->column[ROBOT_COLUMN_FLEET], r->fleet, n);
    memcpy(t->column[ROBOT_COLUMN_CAUSE], r->cause, n);
    memcpy(t->column[ROBOT_COLUMN_POSE], r->pose, n);
    memcpy(t->column[ROBOT_COLUMN_HELD], r->held, 2 * n);
    memcpy(t->column[ROBOT_COLUMN_FROM], r->from, 2 * n);
    memcpy(t->column[ROBOT_COLUMN_TO], r->to, 2 * n);
    if (r->step) memcpy(t->column[ROBOT_COLUMN_STEP], r->step, 4 * n);
    else memset(t->column[ROBOT_COLUMN_STEP], 0xff, 4 * n);
    if (r->waits) memcpy(t->column[ROBOT_COLUMN_WAITS], r->waits, 4 * n);
    else memset(t->column[ROBOT_COLUMN_WAITS], 0xff, 4 * n);
  }
  uint16_t (*kept)[2] = (uint16_t (*)[2])(void *)t->column[ROBOT_COLUMN_KEPT];
  for (int i = 0; i < r->n; i++) {
    bool some = r->kept && r->kept[i][0] >= 0 && r->kept[i][1] >= 0;
    for (int k = 0; k < 2; k++) kept[i][k] = some ? to_kept(r->kept[i][k]) : 65535;
  }
  uint16_t *heading = COLUMN(t, uint16_t, ROBOT_COLUMN_HEADING), *speed = COLUMN(t, uint16_t, ROBOT_COLUMN_SPEED);
  uint16_t *charge = COLUMN(t, uint16_t, ROBOT_COLUMN_CHARGE);
  uint8_t *phase = t->column[ROBOT_COLUMN_PHASE];
  int8_t (*hand)[4] = (int8_t (*)[4])(void *)t->column[ROBOT_COLUMN_HAND];
  for (int i = 0; i < r->n; i++) {
    heading[i] = (uint16_t)to_turn(r->heading[i], 6.28318530717958648f, 65536);
    phase[i] = (uint8_t)to_turn(r->phase[i], 1.0f, 256);
    speed[i] = to_speed(r->speed[i]);
    charge[i] = to_share(r->charge[i]);
    for (int h = 0; h < 4; h++) hand[i][h] = to_cm(r->hand[i][h >> 1][h & 1] - r->pos[i][h & 1]);
  }
  return STATUS_OK;
}

static enum status quantise_ways(struct frame_encoder *e, const struct picture_robots *r) {
  if (r->n > e->way_capacity) {
    struct frame_way *way = realloc(e->way, ((size_t)r->n + 16) * sizeof *way);
    if (!way) return STATUS_MEMORY;
    e->way = way;
    e->way_capacity = r->n + 16;
  }
  if (r->n >= e->told_capacity) {
    uint8_t *told = realloc(e->told, ((size_t)r->n + 16) * WAY_BYTES_MAX + 8);
    if (!told) return STATUS_MEMORY;
    e->told = told;
    e->told_capacity = r->n + 16;
  }
  for (int i = 0; i < r->n; i++) {
    struct frame_way *w = &e->way[i];
    w->points = r->legs ? r->legs[i] : 0;
    if (w->points > WAY_POINTS_MAX) return STATUS_RANGE;
    for (int k = 0; k < w->points; k++)
      if (!to_mm(r->way[i][k], w->at[k])) return STATUS_RANGE;
  }
  return STATUS_OK;
}

static enum status quantise_stations(const struct picture_stations *s, struct table *t) {
  if (!table_resize(t, TABLE_STATIONS, s->n)) return STATUS_MEMORY;
  if (s->n) {
    memcpy(t->column[STATION_COLUMN_CAUSE], s->cause, (size_t)s->n);
    memcpy(t->column[STATION_COLUMN_COUNT], s->count, 2 * (size_t)s->n);
    memcpy(t->column[STATION_COLUMN_MADE], s->made, 8 * (size_t)s->n);
  }
  for (int i = 0; i < s->n; i++) COLUMN(t, uint16_t, STATION_COLUMN_PROGRESS)[i] = to_share(s->progress[i]);
  return STATUS_OK;
}

static enum status quantise_parts(const struct picture_parts *p, struct table *t) {
  if (!table_resize(t, TABLE_PARTS, p->n)) return STATUS_MEMORY;
  int32_t (*pos)[2] = (int32_t (*)[2])(void *)t->column[PART_COLUMN_POS];
  for (int i = 0; i < p->n; i++)
    if (!to_mm(p->pos[i], pos[i])) return STATUS_RANGE;
  if (p->n) {
    memcpy(t->column[PART_COLUMN_ID], p->id, 4 * (size_t)p->n);
    memcpy(t->column[PART_COLUMN_TYPE], p->type, (size_t)p->n);
  }
  return STATUS_OK;
}

static enum status quantise(struct frame_encoder *e, const struct picture *p) {
  enum status s = quantise_robots(&p->robots, &e->now[TABLE_ROBOTS]);
  if (s == STATUS_OK) s = quantise_ways(e, &p->robots);
  if (s == STATUS_OK) s = quantise_stations(&p->stations, &e->now[TABLE_STATIONS]);
  if (s == STATUS_OK) s = quantise_parts(&p->parts, &e->now[TABLE_PARTS]);
  return s;
}

// ---- keyframe -------------------------------------------------------------------------------------

static uint32_t slot_of(uint32_t id, int slots) { return (id * UINT32_C(2654435769)) >> 7 & (uint32_t)(slots - 1); }

// Look-up of the keyframe's parts by id, and room to compare against them.
static bool index_parts(struct frame_encoder *e) {
  const struct table *parts = &e->base[TABLE_PARTS];
  int slots = 64;
  while (slots < 2 * parts->n) slots *= 2;
  if (slots > e->slots) {
    int *larger = realloc(e->slot, (size_t)slots * sizeof *larger);
    if (!larger) return false;
    e->slot = larger;
    e->slots = slots;
  }
  memset(e->slot, 0, (size_t)e->slots * sizeof *e->slot);
  const uint32_t *id = COLUMN(parts, const uint32_t, PART_COLUMN_ID);
  for (int i = 0; i < parts->n; i++) {
    uint32_t k = slot_of(id[i], e->slots);
    while (e->slot[k]) k = (k + 1) & (uint32_t)(e->slots - 1);
    e->slot[k] = i + 1;
  }
  if (parts->n > e->change_capacity) {
    uint8_t *change = realloc(e->change, (size_t)parts->capacity);
    if (!change) return false;
    e->change = change;
    int32_t (*moved)[2] = realloc(e->moved, (size_t)parts->capacity * sizeof *moved);
    if (!moved) return false;
    e->moved = moved;
    e->change_capacity = parts->capacity;
  }
  return true;
}

static bool mask_reserve(struct frame_encoder *e) {
  int n = 1;
  for (int k = 0; k < TABLES; k++) n = e->base[k].n > n ? e->base[k].n : n;
  if (bits_size(n) <= e->mask_capacity) return true;
  uint8_t *mask = realloc(e->mask, (size_t)bits_size(n));
  if (!mask) return false;
  e->mask = mask;
  e->mask_capacity = bits_size(n);
  return true;
}

// Nothing in it that a reader would not take for granted.
static bool left_out(enum table_kind k, int c, const struct table *t) {
  if (!column_optional(k, c)) return false;
  size_t size = (size_t)t->n * (size_t)table_shape[k].column[c].size;
  for (size_t i = 0; i < size; i++)
    if (t->column[c][i] != 0xff) return false;
  return true;
}

static int columns_sent(enum table_kind k, const struct table *t) {
  int n = 0;
  for (int c = 0; c < table_shape[k].columns; c++) n += !left_out(k, c, t);
  return n;
}

static void pack_table(struct pack *p, enum table_kind k, const struct table *t) {
  for (int c = 0; c < table_shape[k].columns; c++) {
    if (left_out(k, c, t)) continue;
    size_t size = (size_t)t->n * (size_t)table_shape[k].column[c].size;
    pack_text(p, table_shape[k].column[c].key);
    uint8_t *to = pack_bin(p, size);
    if (to && size) memcpy(to, t->column[c], size);
  }
}

// All bodies, whole, in keyframes and deltas alike. Nothing when there are none.
static void pack_bodies(struct pack *p, const struct picture_bodies *b) {
  if (!b->n) return;
  pack_text(p, "bodies");
  msgpack_pack_array(&p->packer, (size_t)b->n);
  for (int i = 0; i < b->n; i++) {
    uint8_t bytes[BODY_BYTES_MAX];
    size_t size = body_write(&b->body[i], bytes);
    uint8_t *to = pack_bin(p, size);
    if (to) memcpy(to, bytes, size);
  }
}

static void pack_ways(struct pack *p, const struct frame_encoder *e, size_t size) {
  if (!size) return;
  pack_text(p, "ways");
  uint8_t *to = pack_bin(p, size);
  if (to) memcpy(to, e->told, size);
}

// The same of their limbs.
static void pack_limbs(struct pack *p, const struct picture_bodies *b) {
  if (!b->n || !b->limbs) return;
  pack_text(p, "limbs");
  msgpack_pack_array(&p->packer, (size_t)b->n);
  for (int i = 0; i < b->n; i++) {
    uint8_t bytes[LIMBS_BYTES_MAX];
    size_t size = limbs_write(&b->limbs[i], bytes);
    uint8_t *to = pack_bin(p, size);
    if (to) memcpy(to, bytes, size);
  }
}

enum status frame_keyframe(struct frame_encoder *e, const struct picture *p, struct bytes *out) {
  enum status s = quantise(e, p);
  if (s != STATUS_OK) return s;
  struct pack pack;
  size_t ways = ways_write(e->way, NULL, p->robots.n, e->told);
  pack_begin(&pack, out, FRAME_KEYFRAME);
  msgpack_pack_map(&pack.packer, 5 + (p->bodies.n > 0) + (p->bodies.n > 0 && p->bodies.limbs) + (ways > 0));
  pack_key_integer(&pack, "seq", (int64_t)e->seq + 1);
  pack_key_integer(&pack, "now", p->now);
  for (int k = 0; k < TABLES; k++) {
    pack_text(&pack, table_shape[k].key);
    msgpack_pack_map(&pack.packer, (size_t)columns_sent(k, &e->now[k]) + (k == TABLE_PARTS));
    if (k == TABLE_PARTS) pack_key_integer(&pack, "total", p->parts.total);
    pack_table(&pack, k, &e->now[k]);
  }
  pack_bodies(&pack, &p->bodies);
  pack_limbs(&pack, &p->bodies);
  pack_ways(&pack, e, ways);
  s = pack_end(&pack, FRAME_MAX);
  if (s != STATUS_OK) return s;

  // what was sent is the base of the deltas that follow
  for (int k = 0; k < TABLES; k++) {
    struct table old = e->base[k];
    e->base[k] = e->now[k];
    e->now[k] = old;
  }
  struct frame_way *old = e->base_way;
  int capacity = e->base_way_capacity;
  e->base_way = e->way;
  e->base_way_capacity = e->way_capacity;
  e->way = old;
  e->way_capacity = capacity;
  e->base_seq = ++e->seq;
  if (index_parts(e) && mask_reserve(e)) return STATUS_OK;
  e->base_seq = 0;
  out->size = pack.start;
  return STATUS_MEMORY;
}

// ---- delta ----------------------------------------------------------------------------------------

// Bits of the rows that differ; returns how many.
static int changed_rows(const uint8_t *now, const uint8_t *base, int n, int size, uint8_t *mask) {
  int changed = 0;
  memset(mask, 0, (size_t)bits_size(n));
#define COMPARE(type)                                                          \
  for (int i = 0; i < n; i++) {                                                \
    bool differs = ((const type *)(const void *)now)[i] != ((const type *)(const void *)base)[i]; \
    mask[i >> 3] = (uint8_t)(mask[i >> 3] | (unsigned)differs << (i & 7));     \
    changed += differs;                                                        \
  }
  switch (size) {
  case 1: COMPARE(uint8_t) break;
  case 2: COMPARE(uint16_t) break;
  case 4: COMPARE(uint32_t) break;
  default: COMPARE(uint64_t) break;
  }
#undef COMPARE
  return changed;
}

// key: [which rows, their values]. Left out by the caller when nothing changed.
static uint8_t *pack_rows(struct pack *p, const char *key, const uint8_t *mask, int n, int changed, int size) {
  pack_text(p, key);
  msgpack_pack_array(&p->packer, 2);
  uint8_t *bits = pack_bin(p, (size_t)bits_size(n));
  if (bits) memcpy(bits, mask, (size_t)bits_size(n));
  return pack_bin(p, (size_t)changed * (size_t)size);
}

static void copy_rows(uint8_t *to, const uint8_t *from, const uint8_t *mask, int n, int size) {
  for (int i = 0; to && i < n; i++)
    if (bit_get(mask, i)) {
      memcpy(to, from + (size_t)i * (size_t)size, (size_t)size);
      to += size;
    }
}

static bool is_near(const int32_t now[2], const int32_t base[2]) {
  int64_t dx = (int64_t)now[0] - base[0], dy = (int64_t)now[1] - base[1];
  return dx >= INT16_MIN && dx <= INT16_MAX && dy >= INT16_MIN && dy <= INT16_MAX;
}

static uint8_t *put_near(uint8_t *to, const int32_t now[2], const int32_t base[2]) {
  int16_t d[2] = { (int16_t)(now[0] - base[0]), (int16_t)(now[1] - base[1]) };
  memcpy(to, d, 4);
  return to + 4;
}

// Differences ("pos") of rows within 32.767 m of where the keyframe had them, whole positions ("far") of the others.
static int pack_positions(struct pack *p, const int32_t (*now)[2], const int32_t (*base)[2], const uint8_t *change, int n, uint8_t *mask) {
  int entries = 0;
  for (int far = 0; far < 2; far++) {
    int changed = 0;
    memset(mask, 0, (size_t)bits_size(n));
    for (int i = 0; i < n; i++) {
      if (change ? change[i] != (far ? PART_FAR : PART_NEAR) : memcmp(now[i], base[i], 8) == 0 || is_near(now[i], base[i]) == (bool)far) continue;
      bit_set(mask, i);
      changed++;
    }
    if (!changed) continue;
    entries++;
    if (!p) continue;               // only counting
    uint8_t *to = pack_rows(p, far ? "far" : "pos", mask, n, changed, far ? 8 : 4);
    if (far) copy_rows(to, (const uint8_t *)now, mask, n, 8);
    else
      for (int i = 0; to && i < n; i++)
        if (bit_get(mask, i)) to = put_near(to, now[i], base[i]);
  }
  return entries;
}

// Keep the keyframe's value where the change is too small to matter.
static void hold_back(uint16_t *now, const uint16_t *base, int n, int band, bool exact_zero) {
  for (int i = 0; i < n; i++) {
    int d = (int)now[i] - (int)base[i];
    if (d >= -band && d <= band && !(exact_zero && now[i] == 0)) now[i] = base[i];
  }
}

// Rows of a table whose row i is the same thing in both: robots and stations.
static void pack_table_delta(struct pack *p, enum table_kind k, const struct table *now, const struct table *base, uint8_t *mask) {
  int entries = 0, position = k == TABLE_ROBOTS ? ROBOT_COLUMN_POS : -1;
  const int32_t (*new_pos)[2] = position < 0 ? NULL : (const int32_t (*)[2])(const void *)now->column[position];
  const int32_t (*old_pos)[2] = position < 0 ? NULL : (const int32_t (*)[2])(const void *)base->column[position];
  int changed[COLUMNS_MAX] = { 0 };
  for (int c = 0; c < table_shape[k].columns; c++) {
    if (c == position) continue;
    changed[c] = changed_rows(now->column[c], base->column[c], now->n, table_shape[k].column[c].size, mask);
    entries += changed[c] > 0;
  }
  if (new_pos) entries += pack_positions(NULL, new_pos, old_pos, NULL, now->n, mask);
  pack_text(p, table_shape[k].key);
  msgpack_pack_map(&p->packer, (size_t)entries);
  if (new_pos) pack_positions(p, new_pos, old_pos, NULL, now->n, mask);
  for (int c = 0; c < table_shape[k].columns; c++) {
    if (!changed[c]) continue;
    int size = table_shape[k].column[c].size;
    changed_rows(now->column[c], base->column[c], now->n, size, mask);
    copy_rows(pack_rows(p, table_shape[k].column[c].key, mask, now->n, changed[c], size), now->column[c], mask, now->n, size);
  }
}

// Find every part in the keyframe; returns how many it does not have.
static int match_parts(struct frame_encoder *e) {
  const struct table *now = &e->now[TABLE_PARTS], *base = &e->base[TABLE_PARTS];
  const uint32_t *id = COLUMN(now, const uint32_t, PART_COLUMN_ID), *base_id = COLUMN(base, const uint32_t, PART_COLUMN_ID);
  const int32_t (*pos)[2] = (const int32_t (*)[2])(const void *)now->column[PART_COLUMN_POS];
  const int32_t (*base_pos)[2] = (const int32_t (*)[2])(const void *)base->column[PART_COLUMN_POS];
  if (base->n) memset(e->change, PART_GONE, (size_t)base->n);
  int fresh = 0, guess = 0;
  for (int i = 0; i < now->n; i++) {
    int row = -1;
    if (guess < base->n && base_id[guess] == id[i]) {
      row = guess;                  // most often the next one
    } else {
      for (uint32_t k = slot_of(id[i], e->slots); e->slot[k]; k = (k + 1) & (uint32_t)(e->slots - 1))
        if (base_id[e->slot[k] - 1] == id[i]) {
          row = e->slot[k] - 1;
          break;
        }
    }
    bool same_part = row >= 0 && e->change[row] == PART_GONE &&
                     base->column[PART_COLUMN_TYPE][row] == now->column[PART_COLUMN_TYPE][i];
    if (!same_part) {
      e->fresh[fresh++] = i;
      continue;
    }
    guess = row + 1;
    memcpy(e->moved[row], pos[i], 8);
    e->change[row] = memcmp(pos[i], base_pos[row], 8) == 0 ? PART_SAME : is_near(pos[i], base_pos[row]) ? PART_NEAR : PART_FAR;
  }
  return fresh;
}

static void pack_parts_delta(struct pack *p, struct frame_encoder *e, int64_t total) {
  const struct table *now = &e->now[TABLE_PARTS], *base = &e->base[TABLE_PARTS];
  const int32_t (*moved)[2] = (const int32_t (*)[2])e->moved;
  const int32_t (*base_pos)[2] = (const int32_t (*)[2])(const void *)base->column[PART_COLUMN_POS];
  int fresh = match_parts(e), gone = 0;
  for (int i = 0; i < base->n; i++) gone += e->change[i] == PART_GONE;
  int entries = 1 + (gone > 0) + (fresh > 0) + pack_positions(NULL, moved, base_pos, e->change, base->n, e->mask);
  pack_text(p, table_shape[TABLE_PARTS].key);
  msgpack_pack_map(&p->packer, (size_t)entries);
  pack_key_integer(p, "total", total);
  if (gone) {
    memset(e->mask, 0, (size_t)bits_size(base->n));
    for (int i = 0; i < base->n; i++)
      if (e->change[i] == PART_GONE) bit_set(e->mask, i);
    pack_text(p, "gone");
    uint8_t *to = pack_bin(p, (size_t)bits_size(base->n));
    if (to) memcpy(to, e->mask, (size_t)bits_size(base->n));
  }
  pack_positions(p, moved, base_pos, e->change, base->n, e->mask);
  if (!fresh) return;
  pack_text(p, "new");
  msgpack_pack_map(&p->packer, PART_COLUMNS);
  for (int c = 0; c < PART_COLUMNS; c++) {
    size_t size = (size_t)table_shape[TABLE_PARTS].column[c].size;
    pack_text(p, table_shape[TABLE_PARTS].column[c].key);
    uint8_t *to = pack_bin(p, (size_t)fresh * size);
    for (int i = 0; to && i < fresh; i++) memcpy(to + (size_t)i * size, now->column[c] + (size_t)e->fresh[i] * size, size);
  }
}

enum status frame_delta(struct frame_encoder *e, const struct picture *p, struct bytes *out) {
  if (!e->base_seq) return STATUS_CONFLICT;
  const struct table *base = e->base;
  if (p->robots.n != base[TABLE_ROBOTS].n || p->stations.n != base[TABLE_STATIONS].n) return STATUS_CONFLICT;
  enum status s = quantise(e, p);
  if (s != STATUS_OK) return s;
  struct table *robots = &e->now[TABLE_ROBOTS];
  size_t n = (size_t)robots->n;
  if (n && (memcmp(robots->column[ROBOT_COLUMN_ID], base[TABLE_ROBOTS].column[ROBOT_COLUMN_ID], 4 * n) ||
            memcmp(robots->column[ROBOT_COLUMN_FLEET], base[TABLE_ROBOTS].column[ROBOT_COLUMN_FLEET], n))) return STATUS_CONFLICT;
  hold_back(COLUMN(robots, uint16_t, ROBOT_COLUMN_SPEED), COLUMN(&base[TABLE_ROBOTS], uint16_t, ROBOT_COLUMN_SPEED), robots->n, SPEED_BAND, true);
  hold_back(COLUMN(robots, uint16_t, ROBOT_COLUMN_CHARGE), COLUMN(&base[TABLE_ROBOTS], uint16_t, ROBOT_COLUMN_CHARGE), robots->n, CHARGE_BAND, false);
  if (p->parts.n > e->fresh_capacity) {
    int *fresh = realloc(e->fresh, (size_t)e->now[TABLE_PARTS].capacity * sizeof *fresh);
    if (!fresh) return STATUS_MEMORY;
    e->fresh = fresh;
    e->fresh_capacity = e->now[TABLE_PARTS].capacity;
  }
  struct pack pack;
  size_t ways = ways_write(e->way, e->base_way, p->robots.n, e->told);
  pack_begin(&pack, out, FRAME_DELTA);
  msgpack_pack_map(&pack.packer, 6 + (p->bodies.n > 0) + (p->bodies.n > 0 && p->bodies.limbs) + (ways > 0));
  pack_key_integer(&pack, "seq", (int64_t)e->seq + 1);
  pack_key_integer(&pack, "base", e->base_seq);
  pack_key_integer(&pack, "now", p->now);
  pack_table_delta(&pack, TABLE_ROBOTS, robots, &base[TABLE_ROBOTS], e->mask);
  pack_table_delta(&pack, TABLE_STATIONS, &e->now[TABLE_STATIONS], &base[TABLE_STATIONS], e->mask);
  pack_parts_delta(&pack, e, p->parts.total);
  pack_bodies(&pack, &p->bodies);
  pack_limbs(&pack, &p->bodies);
  pack_ways(&pack, e, ways);
  s = pack_end(&pack, FRAME_MAX);
  if (s == STATUS_OK) e->seq++;
  return s;
}
