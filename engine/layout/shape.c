#include "engine/layout/shape.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Sets of parts are rows of bits, one row for each station (or flow), one bit for each part type.
//
// Parts are followed from where they are made along every flow until nothing new arrives anywhere.
// What a station gets is `in`, what can leave it `out`; an inspection has `fail` beside it.

#define DEPTH_MAX  500              // places without time in a row that are followed
#define ORIGIN_MAX 64               // stations looked at to name who made a part

struct shape {
  const struct layout *l;
  struct faults       *f;
  int                  words;       // of one row of bits
  uint64_t            *in, *out, *fail;     // (stations x words)
  uint64_t            *moved;       // parts that a flow has brought (flows x words)
  int                 *start, *list;        // flows by group they leave: list[start[g]] ... list[start[g + 1] - 1]
  int                 *copy_group;  // group of this very copy, NONE
  int                 *queue;       // stations whose `in` has grown
  bool                *queued, *limited;    // limited: the first station of a flow limit
  int                  head, count;
  unsigned char       *absorbs;     // (stations x parts) 0 not known, 1 being asked, 2 no, 3 yes
  const struct station *end;        // where the last question ended with yes
};

static bool has(const uint64_t *row, int part) { return row[part / 64] >> part % 64 & 1; }
static void put(uint64_t *row, int part) { row[part / 64] |= UINT64_C(1) << part % 64; }
static uint64_t *row_of(const struct shape *s, uint64_t *rows, int i) { return rows + (size_t)i * (size_t)s->words; }

static bool empty(const struct shape *s, const uint64_t *row) {
  for (int w = 0; w < s->words; w++)
    if (row[w]) return false;
  return true;
}

static bool no_place_for_parts(enum station_kind k) { return k == STATION_CHARGER || k == STATION_REPAIR || k == STATION_DOCK; }

static bool works(enum station_kind k) {
  return k == STATION_MACHINE || k == STATION_ASSEMBLY || k == STATION_DISASSEMBLY || k == STATION_SORTER || k == STATION_INSPECTION;
}

// ---- flows of a station ------------------------------------------------------------------------

// The i-th flow that leaves a station: those of all its copies, then those of this one. NULL: no more.
static const struct flow *flow_of(const struct shape *s, int station, int i) {
  int g = s->l->stations[station].group, n = s->start[g + 1] - s->start[g];
  if (i < n) return &s->l->flows[s->list[s->start[g] + i]];
  g = s->copy_group[station];
  i -= n;
  if (g == NONE || i >= s->start[g + 1] - s->start[g]) return NULL;
  return &s->l->flows[s->list[s->start[g] + i]];
}

static bool accepts(const struct station *t, int part) {
  if (t->kind != STATION_ASSEMBLY) return !no_place_for_parts(t->kind) && t->kind != STATION_SOURCE;
  if (t->base == part) return true;
  for (int i = 0; i < t->need_count; i++)
    if (t->needs[i].part == part) return true;
  return false;
}

static bool group_accepts(const struct shape *s, int group, int part) {
  return accepts(&s->l->stations[s->l->groups[group].first], part);
}

// ---- following the parts -----------------------------------------------------------------------

static void enqueue(struct shape *s, int station) {
  if (s->queued[station]) return;
  s->queued[station] = true;
  s->queue[(s->head + s->count++) % s->l->station_count] = station;
}

static void arrive(struct shape *s, int group, const uint64_t *bits) {
  const struct station_group *g = &s->l->groups[group];
  for (int t = g->first; t < g->first + g->count; t++) {
    uint64_t *in = row_of(s, s->in, t);
    bool grown = false;
    for (int w = 0; w < s->words; w++) {
      grown |= (bits[w] & ~in[w]) != 0;
      in[w] |= bits[w];
    }
    if (grown) enqueue(s, t);
  }
}

// what comes out of a station for what has come in
static void produce(struct shape *s, int station, uint64_t *made) {
  const struct station *t = &s->l->stations[station];
  const uint64_t *in = row_of(s, s->in, station);
  bool any = !empty(s, in);
  switch (t->kind) {
    case STATION_BUFFER: case STATION_RACK: case STATION_BIN:
      for (int i = 0; i < t->holds_count; i++) put(made, t->holds[i].part);
      // fall through
    case STATION_CONVEYOR: case STATION_SORTER:
      for (int w = 0; w < s->words; w++) made[w] |= in[w];
      break;
    case STATION_DISASSEMBLY:
      for (int i = 0; any && i < t->into_count; i++) put(made, t->into[i].part);
      break;
    case STATION_SOURCE: case STATION_MACHINE: case STATION_ASSEMBLY: case STATION_INSPECTION:
      if (t->kind != STATION_SOURCE && !any) break;
      if (t->makes.kind == MAKES_SAME)
        for (int w = 0; w < s->words; w++) made[w] |= in[w];
      for (int i = 0; i < t->makes.count; i++) {
        if (t->makes.kind == MAKES_SEQUENCE) put(made, t->makes.sequence[i].part);
        else if (t->makes.mix[i].share > 0) put(made, t->makes.mix[i].part);
      }
      break;
    default: break;
  }
}

static void send(struct shape *s, int station, uint64_t *bits) {
  const struct layout *l = s->l;
  const struct station *t = &l->stations[station];
  const uint64_t *out = row_of(s, s->out, station), *fail = row_of(s, s->fail, station);
  const struct flow *f;
  for (int i = 0; (f = flow_of(s, station, i)); i++) {
    uint64_t *moved = row_of(s, s->moved, (int)(f - l->flows));
    bool grown = false;
    for (int w = 0; w < s->words; w++) {
      bits[w] = (f->when == WHEN_FAIL ? 0 : out[w]) | (f->when == WHEN_PASS ? 0 : fail[w]);
      if (f->part != NONE) bits[w] &= f->part / 64 == w ? UINT64_C(1) << f->part % 64 : 0;
      bits[w] &= ~moved[w];
      for (uint64_t rest = bits[w]; rest; rest &= rest - 1) {
        int part = w * 64 + __builtin_ctzll(rest);
        if (!group_accepts(s, f->to, part)) bits[w] &= ~(rest & -rest);
      }
      moved[w] |= bits[w];
      grown |= bits[w] != 0;
    }
    if (grown) arrive(s, f->to, bits);
  }
  if ((t->rework > 0 || t->step_count > 0) && t->rework_to != NONE) arrive(s, t->rework_to, out);
}

static void follow(struct shape *s, uint64_t *scratch) {
  const struct layout *l = s->l;
  for (int i = 0; i < l->station_count; i++) enqueue(s, i);
  while (s->count > 0) {
    int i = s->queue[s->head];
    s->head = (s->head + 1) % l->station_count;
    s->count--;
    s->queued[i] = false;
    const struct station *t = &l->stations[i];
    uint64_t *made = scratch, *out = row_of(s, s->out, i), *fail = row_of(s, s->fail, i);
    memset(made, 0, sizeof *made * (size_t)s->words);
    produce(s, i, made);
    for (int w = 0; w < s->words; w++) {
      if (t->kind != STATION_INSPECTION) {
        out[w] |= made[w];
        continue;
      }
      for (uint64_t rest = made[w]; rest; rest &= rest - 1) {
        int part = w * 64 + __builtin_ctzll(rest);
        double found = t->finds[part] >= 0 ? t->finds[part] : t->false_alarm;
        if (found < 1) put(out, part);
        if (found > 0) put(fail, part);
      }
    }
    send(s, i, scratch);
  }
}

// ---- who made it -------------------------------------------------------------------------------

static bool makes_part(const struct station *t, int part) {
  for (int i = 0; i < t->holds_count; i++)
    if (t->holds[i].part == part) return true;
  for (int i = 0; i < t->into_count; i++)
    if (t->into[i].part == part) return true;
  for (int i = 0; i < t->makes.count; i++)
    if ((t->makes.kind == MAKES_SEQUENCE ? t->makes.sequence[i].part : t->makes.mix[i].part) == part) return true;
  return false;
}

// " that NAME makes", going back along the flows that brought the part; "" when it is far.
static const char *origin(struct shape *s, int station, int part, char *out, size_t size) {
  const struct layout *l = s->l;
  int seen[ORIGIN_MAX] = {station}, count = 1;
  out[0] = 0;
  for (int i = 0; i < count; i++) {
    const struct station *t = &l->stations[seen[i]];
    if (makes_part(t, part)) {
      const char *verb = t->kind == STATION_BUFFER || t->kind == STATION_RACK || t->kind == STATION_BIN ? "holds" : "makes";
      // of all copies alike the name of the group is enough
      snprintf(out, size, " that %s %s", seen[i] == station ? t->name : l->groups[t->group].name, verb);
      return out;
    }
    for (int k = 0; k < l->flow_count && count < ORIGIN_MAX; k++) {
      const struct station_group *to = &l->groups[l->flows[k].to];
      if (seen[i] < to->first || seen[i] >= to->first + to->count || !has(row_of(s, s->moved, k), part)) continue;
      int from = l->groups[l->flows[k].from].first;
      bool known = false;
      for (int j = 0; j < count; j++) known |= seen[j] == from;
      if (!known) seen[count++] = from;
    }
  }
  return out;
}

// ---- ways out, ways in -------------------------------------------------------------------------

static bool way_out(const struct shape *s, int station, int part, enum pass_when verdict) {
  const struct flow *f;
  for (int i = 0; (f = flow_of(s, station, i)); i++)
    if ((f->part == NONE || f->part == part) && (f->when == WHEN_ANY || f->when == verdict) && group_accepts(s, f->to, part)) return true;
  return false;
}

static void check_ways_out(struct shape *s, int station) {
  const struct layout *l = s->l;
  const struct station *t = &l->stations[station];
  const uint64_t *out = row_of(s, s->out, station), *fail = row_of(s, s->fail, station);
  char who[100];
  if (t->kind == STATION_SINK || t->scrap >= 1 || (t->rework >= 1 && t->rework_to != NONE)) return;
  for (int p = 0; p < l->part_count; p++) {
    if (!has(out, p) && !has(fail, p)) continue;
    const char *name = l->parts[p].name;
    if (!flow_of(s, station, 0)) {
      fault_add(s->f, FAULT_ERROR, STATUS_UNREACHABLE, t->mark, "stations.%s: nothing leads away from it: part %s%s stays there for ever", t->name, name, origin(s, station, p, who, sizeof who));
      return;
    }
    if (has(out, p) && !way_out(s, station, p, WHEN_PASS))
      fault_add(s->f, FAULT_ERROR, STATUS_UNREACHABLE, t->mark, "stations.%s: part %s%s has no way from %s", t->name, name, origin(s, station, p, who, sizeof who), t->name);
    if (has(fail, p) && !way_out(s, station, p, WHEN_FAIL))
      fault_add(s->f, FAULT_ERROR, STATUS_UNREACHABLE, t->mark, "stations.%s: part %s has no way from %s when it fails", t->name, name, t->name);
  }
}

static void check_ways_in(struct shape *s, int station) {
  const struct layout *l = s->l;
  const struct station *t = &l->stations[station];
  const uint64_t *in = row_of(s, s->in, station);
  if (t->kind == STATION_SOURCE || no_place_for_parts(t->kind)) return;
  if (empty(s, in)) {
    if (t->holds_count == 0) fault_add(s->f, FAULT_WARNING, STATUS_UNREACHABLE, t->mark, "stations.%s: no part ever reaches it", t->name);
    return;
  }
  if (t->kind != STATION_ASSEMBLY) return;
  for (int i = -1; i < t->need_count; i++) {
    int part = i < 0 ? t->base : t->needs[i].part;
    if (part != NONE && !has(in, part))
      fault_add(s->f, FAULT_ERROR, STATUS_UNREACHABLE, t->mark, "stations.%s: needs part %s, which nothing brings", t->name, l->parts[part].name);
  }
}

// ---- times by part -----------------------------------------------------------------------------

static void check_duration(struct shape *s, int station, const struct duration *d, const uint64_t *parts, const char *path, const char *key) {
  char who[100];
  if (!d->given) return;
  for (int p = 0; p < s->l->part_count; p++)
    if (has(parts, p) && !d->by_part[p])
      fault_add(s->f, FAULT_ERROR, STATUS_CONFLICT, d->mark, "%s.%s: says nothing of part %s%s", path, key, s->l->parts[p].name, origin(s, station, p, who, sizeof who));
}

// An assembly takes the time of what it makes, else of its base, else of the part that came first.
static void check_assembly_time(struct shape *s, const struct station *t, const char *path) {
  const struct duration *d = &t->time;
  if (!d->given || t->makes.count == 0) return;
  int made = t->makes.mix[0].part;
  if (t->makes.count == 1 && d->by_part[made]) return;
  bool silent = t->base != NONE && !d->by_part[t->base];
  for (int i = 0; i < t->need_count && t->base == NONE; i++) silent = silent || !d->by_part[t->needs[i].part];
  if (silent) fault_add(s->f, FAULT_ERROR, STATUS_CONFLICT, d->mark, "%s.time: says nothing of part %s, which it makes", path, s->l->parts[made].name);
}

static void check_times(struct shape *s) {
  const struct layout *l = s->l;
  char path[100];
  for (int i = 0; i < l->station_count; i++) {
    const struct station *t = &l->stations[i];
    const uint64_t *in = row_of(s, s->in, i);
    if (i > 0 && t[-1].group == t->group) continue;
    snprintf(path, sizeof path, "stations.%s", l->groups[t->group].name);
    if (t->kind == STATION_ASSEMBLY) check_assembly_time(s, t, path);
    else if (works(t->kind)) {
      check_duration(s, i, &t->time, in, path, "time");
      check_duration(s, i, &t->setup, in, path, "setup.time");
    }
    if (t->kind == STATION_SOURCE) {
      check_duration(s, i, &t->every, row_of(s, s->out, i), path, "every");
      check_duration(s, i, &t->first, row_of(s, s->out, i), path, "first");
    }
  }
  for (int i = 0; i < l->flow_count; i++) {
    const struct flow *f = &l->flows[i];
    snprintf(path, sizeof path, "flow.%d", f->line);
    check_duration(s, l->groups[f->from].first, &f->time, row_of(s, s->moved, i), path, "time");
  }
}

// ---- flow limits -------------------------------------------------------------------------------

static bool reaches(struct shape *s, int from, int to) {
  const struct layout *l = s->l;
  const struct station_group *a = &l->groups[from], *b = &l->groups[to];
  s->head = s->count = 0;
  memset(s->queued, 0, sizeof *s->queued * (size_t)l->station_count);
  for (int i = a->first; i < a->first + a->count; i++) enqueue(s, i);
  while (s->count > 0) {
    int i = s->queue[s->head];
    s->head = (s->head + 1) % l->station_count;
    s->count--;
    if (i >= b->first && i < b->first + b->count) return true;
    const struct flow *f;
    for (int k = 0; (f = flow_of(s, i, k)); k++)
      for (int t = l->groups[f->to].first; t < l->groups[f->to].first + l->groups[f->to].count; t++) enqueue(s, t);
    const struct station *t = &l->stations[i];
    if (t->rework_to != NONE)
      for (int k = l->groups[t->rework_to].first; k < l->groups[t->rework_to].first + l->groups[t->rework_to].count; k++) enqueue(s, k);
  }
  return false;
}

static void check_limits(struct shape *s) {
  const struct layout *l = s->l;
  for (int i = 0; i < l->limit_count; i++) {
    const struct flow_limit *x = &l->limits[i];
    const struct station_group *a = &l->groups[x->from], *b = &l->groups[x->to];
    enum station_kind ka = l->stations[a->first].kind, kb = l->stations[b->first].kind;
    if (no_place_for_parts(ka) || ka == STATION_SOURCE || ka == STATION_SINK)
      fault_add(s->f, FAULT_ERROR, STATUS_CONFLICT, x->mark, "flow_limits.%d.from: %s is a %s: parts do not enter it and stay", i, a->name, station_kind_name(ka));
    else if (no_place_for_parts(kb) || kb == STATION_SOURCE)
      fault_add(s->f, FAULT_ERROR, STATUS_CONFLICT, x->mark, "flow_limits.%d.to: %s is a %s: parts do not leave it after %s", i, b->name, station_kind_name(kb), a->name);
    else if (!reaches(s, x->from, x->to))
      fault_add(s->f, FAULT_ERROR, STATUS_UNREACHABLE, x->mark, "flow_limits.%d: no way leads from %s to %s", i, a->name, b->name);
  }
}

// ---- endless moves at one instant --------------------------------------------------------------

static bool no_time(const struct duration *d, int part) {
  if (!d->given) return true;
  const struct distribution *x = d->by_part[part];
  return x && x->kind == DIST_CONSTANT && x->a == 0;
}

static bool at_once(const struct flow *f, int part) { return f->by == CARRIER_DIRECT && no_time(&f->time, part); }

// parts pass through without waiting for anything but room
static bool passes(const struct station *t, int part) {
  if (t->kind == STATION_BUFFER || t->kind == STATION_RACK || t->kind == STATION_BIN) return true;
  if (t->kind != STATION_MACHINE && t->kind != STATION_SORTER && t->kind != STATION_INSPECTION) return false;
  return no_time(&t->time, part) && t->setup_when == SETUP_NEVER && t->operators.count == 0 && !t->failures.given;
}

static bool absorbs(struct shape *s, int station, int part, int depth);

// Every part of this kind that wants to leave can, at once and without end.
static bool way_absorbs(struct shape *s, int station, int part, int depth) {
  const struct station *t = &s->l->stations[station];
  bool all = t->kind == STATION_SORTER || t->kind == STATION_INSPECTION, any = false, none = true;
  const struct flow *f;
  for (int i = 0; (f = flow_of(s, station, i)); i++) {
    if (f->part != NONE && f->part != part) continue;
    if (f->share >= 0) all = true;
    bool yes = at_once(f, part) && absorbs(s, s->l->groups[f->to].first, part, depth + 1);
    any |= yes;
    none = false;
    if (all && !yes) return false;
  }
  return !none && any;
}

static bool absorbs(struct shape *s, int station, int part, int depth) {
  const struct station *t = &s->l->stations[station];
  if (s->limited[station]) return false;
  bool store = t->kind == STATION_BUFFER || t->kind == STATION_RACK || t->kind == STATION_BIN;
  if (t->kind == STATION_SINK || (store && t->capacity == INT32_MAX)) {
    s->end = t;
    return true;
  }
  if (!passes(t, part) || depth > DEPTH_MAX) return false;
  unsigned char *known = &s->absorbs[(size_t)station * (size_t)s->l->part_count + (size_t)part];
  if (*known) return *known == 3;
  *known = 1;
  bool yes = true;
  if (t->makes.kind == MAKES_SAME) yes = way_absorbs(s, station, part, depth);
  for (int i = 0; yes && t->makes.kind == MAKES_MIX && i < t->makes.count; i++) yes = way_absorbs(s, station, t->makes.mix[i].part, depth);
  *known = yes ? 3 : 2;
  return yes;
}

// A source without end before places that take everything at once: time would stand still.
static void check_endless(struct shape *s) {
  const struct layout *l = s->l;
  for (int i = 0; i < l->station_count; i++) {
    const struct station *t = &l->stations[i];
    if (t->kind != STATION_SOURCE || t->every.given || t->limit != INT64_MAX || t->makes.count == 0) continue;
    if (i > 0 && t[-1].group == t->group) continue;
    bool all = true;
    for (int k = 0; all && k < t->makes.count; k++)
      all = way_absorbs(s, i, t->makes.kind == MAKES_SEQUENCE ? t->makes.sequence[k].part : t->makes.mix[k].part, 0);
    if (!all) continue;
    const char *name = l->groups[t->group].name;
    if (s->end->kind == STATION_SINK)
      fault_add(s->f, FAULT_ERROR, STATUS_CONFLICT, t->mark, "stations.%s: makes parts without end, and nothing between it and %s takes time: give %s an `every` or a `limit`", name, s->end->name, name);
    else
      fault_add(s->f, FAULT_ERROR, STATUS_CONFLICT, t->mark, "stations.%s: makes parts without end into %s, which has no `capacity`: give %s an `every` or a `limit`, or %s a capacity", name, s->end->name, name, s->end->name);
  }
}

// The only place a part can go next from a place without time; NONE: none, or there is a choice.
static int next_at_once(const struct shape *s, int station, int *part) {
  const struct station *t = &s->l->stations[station];
  if (!passes(t, *part) || s->limited[station] || t->rework > 0 || t->step_count > 0 || t->scrap > 0 || t->kind == STATION_INSPECTION) return NONE;
  int made = *part, to = NONE;
  if (t->makes.kind == MAKES_MIX) {
    if (t->makes.count != 1) return NONE;
    made = t->makes.mix[0].part;
  }
  const struct flow *f;
  for (int i = 0; (f = flow_of(s, station, i)); i++) {
    if (f->part != NONE && f->part != made) continue;
    if (to != NONE || !at_once(f, made) || s->l->groups[f->to].count != 1) return NONE;
    to = s->l->groups[f->to].first;
  }
  *part = made;
  return to;
}

static void check_circles(struct shape *s) {
  const struct layout *l = s->l;
  size_t parts = (size_t)l->part_count;
  memset(s->absorbs, 0, (size_t)l->station_count * parts);
  for (int i = 0; i < l->station_count; i++)
    for (int p = 0; p < l->part_count; p++) {
      if (!has(row_of(s, s->in, i), p)) continue;
      // 1: on the way of this walk, 2: walked before
      int station = i, part = p;
      while (station != NONE && !s->absorbs[(size_t)station * parts + (size_t)part]) {
        s->absorbs[(size_t)station * parts + (size_t)part] = 1;
        station = next_at_once(s, station, &part);
      }
      bool circle = station != NONE && s->absorbs[(size_t)station * parts + (size_t)part] == 1;
      if (circle)
        fault_add(s->f, FAULT_ERROR, STATUS_CONFLICT, l->stations[station].mark, "stations.%s: part %s goes round in a circle from here, and nothing on it takes time", l->stations[station].name, l->parts[part].name);
      for (station = i, part = p; station != NONE && s->absorbs[(size_t)station * parts + (size_t)part] == 1;) {
        s->absorbs[(size_t)station * parts + (size_t)part] = 2;
        station = next_at_once(s, station, &part);
      }
    }
}

// ---- fleets ------------------------------------------------------------------------------------

static bool is_asked(const struct layout *l, int fleet) {
  const struct fleet *x = &l->fleets[fleet];
  if (x->skills & ((1u << HELPS) - 1)) return true;
  for (int i = 0; i < l->fleet_count; i++)
    if (l->fleets[i].failures.given && l->fleets[i].failures.by == fleet) return true;
  for (int i = 0; i < l->flow_count; i++) {
    const struct flow *f = &l->flows[i];
    if (f->by == CARRIER_FLEET ? f->fleet == fleet : f->by == (x->people ? CARRIER_PEOPLE : CARRIER_ROBOTS)) return true;
  }
  for (int i = 0; i < l->station_count; i++) {
    const struct station *t = &l->stations[i];
    if (t->failures.given && t->failures.by == fleet) return true;
    if (t->operators.count > 0 && t->operators.by_count == 0) return true;
    for (int k = 0; k < t->operators.by_count; k++)
      if (t->operators.by[k] == fleet) return true;
  }
  return false;
}

static void check_fleets_asked(struct shape *s) {
  const struct layout *l = s->l;
  for (int i = 0; i < l->fleet_count; i++)
    if (!is_asked(l, i))
      fault_add(s->f, FAULT_WARNING, STATUS_REF, l->fleets[i].mark, "%s.%s: nothing in the line asks for them", l->fleets[i].people ? "people" : "robots", l->fleets[i].name);
}

// ---- the whole ---------------------------------------------------------------------------------

static bool shape_init(struct shape *s, const struct layout *l, struct faults *f) {
  size_t stations = (size_t)l->station_count, words = ((size_t)l->part_count + 63) / 64;
  *s = (struct shape){.l = l, .f = f, .words = (int)words};
  s->in   = calloc(stations * words, sizeof *s->in);
  s->out  = calloc(stations * words, sizeof *s->out);
  s->fail = calloc(stations * words, sizeof *s->fail);
  s->moved = calloc((size_t)l->flow_count * words + 1, sizeof *s->moved);
  s->start = calloc((size_t)l->group_count + 2, sizeof *s->start);
  s->list  = calloc((size_t)l->flow_count + 1, sizeof *s->list);
  s->copy_group = calloc(stations, sizeof *s->copy_group);
  s->queue   = calloc(stations, sizeof *s->queue);
  s->queued  = calloc(stations, sizeof *s->queued);
  s->limited = calloc(stations, sizeof *s->limited);
  s->absorbs = calloc(stations * (size_t)l->part_count, 1);
  if (!s->in || !s->out || !s->fail || !s->moved || !s->start || !s->list || !s->copy_group || !s->queue || !s->queued || !s->limited || !s->absorbs) return false;

  // flows by the group that they leave, in order of the file
  for (int i = 0; i < l->flow_count; i++) s->start[l->flows[i].from + 2]++;
  for (int g = 0; g <= l->group_count; g++) s->start[g + 1] += s->start[g];
  for (int i = 0; i < l->flow_count; i++) s->list[s->start[l->flows[i].from + 1]++] = i;
  for (int i = 0; i < l->station_count; i++) s->copy_group[i] = NONE;
  for (int g = 0; g < l->group_count; g++)
    if (l->stations[l->groups[g].first].group != g) s->copy_group[l->groups[g].first] = g;
  for (int i = 0; i < l->limit_count; i++) {
    const struct station_group *a = &l->groups[l->limits[i].from];
    for (int k = a->first; k < a->first + a->count; k++) s->limited[k] = true;
  }
  return true;
}

static void shape_finish(struct shape *s) {
  free(s->in);
  free(s->out);
  free(s->fail);
  free(s->moved);
  free(s->start);
  free(s->list);
  free(s->copy_group);
  free(s->queue);
  free(s->queued);
  free(s->limited);
  free(s->absorbs);
}

static bool same(const struct shape *s, uint64_t *rows, int a, int b) {
  return memcmp(row_of(s, rows, a), row_of(s, rows, b), sizeof *rows * (size_t)s->words) == 0;
}

// Copies of a station are told once, unless a flow names this one or its neighbour alone.
static bool like_last_copy(const struct shape *s, int i) {
  if (i == 0 || s->l->stations[i - 1].group != s->l->stations[i].group) return false;
  for (int k = i - 1; k <= i; k++) {
    int g = s->copy_group[k];
    if (g != NONE && s->start[g + 1] > s->start[g]) return false;
  }
  return same(s, s->in, i - 1, i) && same(s, s->out, i - 1, i) && same(s, s->fail, i - 1, i);
}

void layout_check_flows(const struct layout *l, struct faults *f) {
  assert(l);
  assert(f);
  if (l->station_count == 0 || l->part_count == 0) return;
  struct shape s;
  if (!shape_init(&s, l, f)) {
    fault_add(f, FAULT_ERROR, STATUS_MEMORY, (struct mark){0}, "no memory to follow the parts");
    shape_finish(&s);
    return;
  }
  uint64_t scratch[16] = {0};
  assert(s.words <= 16);
  follow(&s, scratch);
  for (int i = 0; i < l->station_count; i++) {
    if (like_last_copy(&s, i)) continue;
    check_ways_out(&s, i);
    check_ways_in(&s, i);
  }
  check_times(&s);
  check_endless(&s);
  check_circles(&s);
  check_limits(&s);
  check_fleets_asked(&s);
  shape_finish(&s);
}
