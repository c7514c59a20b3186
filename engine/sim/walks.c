#include "engine/sim/walks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

#define GRID 1048576.0              // 2^20 parts of a metre or of a radian

// What makes two walks the same. Numbers only, without gaps: compared as bytes.
struct key {
  const struct kind *kind;
  uint64_t           hash;
  int64_t            count, pose, free;
  double             number[7];     // headings, speed, corner, load, friction, jog
  struct v3         *point;         // (count), owned
};

struct entry {
  struct walk   walk;               // first: a walk is its entry
  struct key    key;
  struct entry *next;               // in its slot
  struct entry *newer, *older;      // in order of their last use
  int           users;
  size_t        bytes;
  struct walks *alone;              // one robot's own: in no slot, and gone when it is released
  struct track  track;
};

#define SLOTS 4096

struct walks {
  struct entry      *slot[SLOTS];
  struct entry      *newest, *oldest;
  struct walks_count count;
};

struct walks *walks_create(void) { return calloc(1, sizeof(struct walks)); }

static double rounded(double x) { return m_floor(x * GRID + 0.5) / GRID; }

static void unlink_age(struct walks *w, struct entry *n) {
  if (n->newer) n->newer->older = n->older; else w->newest = n->older;
  if (n->older) n->older->newer = n->newer; else w->oldest = n->newer;
  n->newer = n->older = NULL;
}

static void link_newest(struct walks *w, struct entry *n) {
  n->older = w->newest;
  n->newer = NULL;
  if (w->newest) w->newest->newer = n; else w->oldest = n;
  w->newest = n;
}

static void drop(struct walks *w, struct entry *n) {
  struct entry **at = &w->slot[n->key.hash % SLOTS];
  while (!n->alone && *at != n) at = &(*at)->next;
  if (!n->alone) *at = n->next;
  unlink_age(w, n);
  w->count.bytes -= n->bytes;
  walk_finish(&n->walk);
  free(n->track.at);
  free(n->key.point);
  free(n);
}

void walks_destroy(struct walks *w) {
  if (!w) return;
  while (w->oldest) drop(w, w->oldest);
  free(w);
}

// Room for another one: the oldest that nobody walks goes.
static void make_room(struct walks *w, size_t bytes) {
  for (struct entry *n = w->oldest, *newer; n && w->count.bytes + bytes > WALKS_BYTES; n = newer) {
    newer = n->newer;
    if (n->users == 0) drop(w, n);
  }
}

static size_t bytes_of(const struct walk *k) {
  return sizeof(struct entry) + (size_t)k->samples * (sizeof *k->sample + 3 * sizeof(double) * (size_t)k->moving_count) + (size_t)k->joints * sizeof(double);
}

bool track_make(struct track *out, const struct walk *walk) {
  int every = (int)(TRACK_DT / walk->tick + 0.5), n = (walk->samples - 1) / every + 1 + ((walk->samples - 1) % every != 0);
  *out = (struct track){n, malloc(sizeof *out->at * (size_t)n), {1e30, 1e30, -1e30, -1e30}};
  if (!out->at) return false;
  for (int k = 0; k < n; k++) {
    const struct v3 *p = &walk->sample[k + 1 < n ? k * every : walk->samples - 1].base.position;
    for (int a = 0; a < 2; a++) {
      double x = a ? p->y : p->x;
      out->at[k][a] = x;
      out->box[a] = x < out->box[a] ? x : out->box[a];
      out->box[2 + a] = x > out->box[2 + a] ? x : out->box[2 + a];
    }
  }
  return true;
}

const struct track *walks_track(const struct walk *walk) { return &((const struct entry *)walk)->track; }

static void take_in(struct walks *w, struct entry *n) {
  n->users = 1;
  n->bytes = bytes_of(&n->walk) + sizeof *n->track.at * (size_t)n->track.count;
  make_room(w, n->bytes);
  w->count.bytes += n->bytes;
  w->count.solved++;
  link_newest(w, n);
}

static bool same(const struct key *a, const struct key *b) {
  if (a->hash != b->hash || a->kind != b->kind || a->count != b->count || a->pose != b->pose || a->free != b->free) return false;
  return memcmp(a->number, b->number, sizeof a->number) == 0 && memcmp(a->point, b->point, sizeof *a->point * (size_t)a->count) == 0;
}

static struct key key_of(const struct kind *kind, const struct walk_route *r, struct v3 *points) {
  struct key k = {.kind = kind, .count = r->count, .pose = r->load_pose, .free = r->heading_free,
                  .number = {r->heading_start, r->heading_free ? 0 : r->heading_end, r->speed, r->corner_radius, r->load, r->friction, r->jog}, .point = points};
  k.hash = digest_bytes(DIGEST_START, k.number, sizeof k.number);
  k.hash = digest_bytes(k.hash, points, sizeof *points * (size_t)r->count);
  return k;
}

const struct walk *walks_take(struct walks *w, const struct kind *kind, struct walk_route *r, struct v3 *points, struct error *e) {
  assert(r->count >= 1);
  for (int i = 0; i < r->count; i++) points[i] = v3(rounded(points[i].x), rounded(points[i].y), rounded(points[i].z));
  r->point = points;
  r->heading_start = rounded(r->heading_start);
  r->heading_end = rounded(r->heading_end);
  r->speed = rounded(r->speed);
  struct key key = key_of(kind, r, points);
  for (struct entry *n = w->slot[key.hash % SLOTS]; n; n = n->next)
    if (same(&n->key, &key)) {
      n->users++;
      unlink_age(w, n);
      link_newest(w, n);
      w->count.found++;
      return &n->walk;
    }
  struct entry *n = calloc(1, sizeof *n);
  struct v3 *own = malloc(sizeof *own * (size_t)r->count);
  if (!n || !own) {
    free(n);
    free(own);
    error_at(e, STATUS_MEMORY, kind->folder, 0, 0, "no memory for a walk");
    return NULL;
  }
  memcpy(own, points, sizeof *own * (size_t)r->count);
  if (walk_make(&n->walk, &kind->library, r, e) != STATUS_OK || !track_make(&n->track, &n->walk)) {
    walk_finish(&n->walk);
    free(own);
    free(n);
    return NULL;
  }
  n->key = key;
  n->key.point = own;
  take_in(w, n);
  n->next = w->slot[key.hash % SLOTS];
  w->slot[key.hash % SLOTS] = n;
  return &n->walk;
}

void walks_release(const struct walk *walk) {
  struct entry *n = (struct entry *)(uintptr_t)walk;            // its first member
  assert(n->users > 0);
  n->users--;
  if (n->alone) drop(n->alone, n);
}

const struct walk *walks_keep(struct walks *w, struct walk *own) {
  struct entry *n = calloc(1, sizeof *n);
  if (!n) return NULL;
  if (!track_make(&n->track, own)) {
    free(n);
    return NULL;
  }
  n->walk = *own;
  n->alone = w;
  memset(own, 0, sizeof *own);
  take_in(w, n);
  return &n->walk;
}

struct walks_count walks_counted(const struct walks *w) { return w->count; }
