#include <string.h>

#include "base/digest.h"
#include "engine/layout/check.h"

// Digest of the checked values: by the rows of the schema table for plain fields, by hand for what
// has several forms. Comments, the order of keys inside a map and the way a unit is written are not in
// it; the order of stations and flows is, because ties are settled by it.

static uint64_t put(uint64_t d, uint64_t v) { return digest_u64(d, v, 1); }

static uint64_t put_double(uint64_t d, double v) {
  uint64_t bits;
  v += 0.0;                         // -0 is 0
  memcpy(&bits, &v, sizeof bits);
  return digest_u64(d, bits, 2);
}

static uint64_t put_text(uint64_t d, const char *t) {
  return t ? digest_bytes(put(d, strlen(t)), t, strlen(t)) : put(d, UINT64_MAX);
}

static uint64_t put_polygon(uint64_t d, const struct polygon *p) {
  d = put(d, (uint64_t)p->count);
  for (int i = 0; i < p->count; i++) d = put_double(put_double(d, p->point[i][0]), p->point[i][1]);
  return d;
}

static uint64_t put_distribution(uint64_t d, const struct distribution *x) {
  if (!x) return put(d, UINT64_MAX);
  d = put(put(d, x->kind), (uint64_t)x->n);
  d = put_double(put_double(put_double(d, x->a), x->b), x->c);
  for (int i = 0; x->kind == DIST_EMPIRICAL && i < x->n; i++) d = put_double(d, x->values[i]);
  return d;
}

static uint64_t put_duration(uint64_t d, const struct duration *x, int parts) {
  d = put(d, x->given);
  if (!x->given) return d;
  const struct distribution *last = NULL;
  for (int i = 0; i < parts; i++) {
    // one value for all parts is chained once
    if (i > 0 && x->by_part[i] == last) d = put(d, 3);
    else d = put_distribution(d, x->by_part[i]);
    last = x->by_part[i];
  }
  return d;
}

static uint64_t put_counts(uint64_t d, const struct part_count *v, int count) {
  d = put(d, (uint64_t)count);
  for (int i = 0; i < count; i++) d = put(put(d, (uint64_t)v[i].part), (uint64_t)v[i].count);
  return d;
}

// Counts and mixes by part: a map has no order.
static uint64_t put_by_part(uint64_t d, const struct part_count *v, int count) {
  uint64_t sum = 0;
  for (int i = 0; i < count; i++) sum += put(put(DIGEST_START, (uint64_t)v[i].part), (uint64_t)v[i].count);
  return put(put(d, (uint64_t)count), sum);
}

static uint64_t put_mix(uint64_t d, const struct part_share *v, int count) {
  uint64_t sum = 0;
  for (int i = 0; i < count; i++) sum += put_double(put(DIGEST_START, (uint64_t)v[i].part), v[i].share);
  return put(put(d, (uint64_t)count), sum);
}

static uint64_t put_field(uint64_t d, const struct key *k, const char *row, int parts) {
  const void *p = row + k->offset;
  int count = k->counter ? *(const int *)(row + k->counter) : 0;
  switch (k->store) {
    case STORE_NONE:         return d;
    case STORE_DOUBLE:
    case STORE_RADIANS:      return put_double(d, *(const double *)p);
    case STORE_NS:
    case STORE_INT64:        return put(d, (uint64_t)*(const int64_t *)p);
    case STORE_INT:
    case STORE_ENUM:
    case STORE_REF:          return put(d, (uint64_t)*(const int *)p);
    case STORE_BOOL:
    case STORE_FLAG:         return put(d, *(const bool *)p);
    case STORE_TEXT:         return put_text(d, *(const char *const *)p);
    case STORE_PAIR:         return put_double(put_double(d, ((const double *)p)[0]), ((const double *)p)[1]);
    case STORE_INTEGERS:     return put(put(d, (uint64_t)((const int *)p)[0]), (uint64_t)((const int *)p)[1]);
    case STORE_POLYGON:      return put_polygon(d, p);
    case STORE_DISTRIBUTION: return put_distribution(d, p);
    case STORE_DURATION:     return put_duration(d, p, parts);
    case STORE_COUNTS:       return put_by_part(d, *(struct part_count *const *)p, count);
    case STORE_REFS:
      d = put(d, (uint64_t)count);
      for (int i = 0; i < count; i++) d = put(d, (uint64_t)(*(int *const *)p)[i]);
      return d;
    case STORE_NUMBERS:
      d = put(d, (uint64_t)count);
      for (int i = 0; i < count; i++) d = put_double(d, (*(double *const *)p)[i]);
      return d;
    case STORE_MAP:          return d;
  }
  return d;
}

static uint64_t put_row(uint64_t d, enum scope scope, int variant, const void *row, int parts) {
  const struct key *k, *end;
  for (keys_of(scope, &k, &end); k < end; k++) {
    if (k->of && (variant < 0 || !(k->of >> variant & 1))) continue;
    if (k->kind == VALUE_MAP) {
      // maps within the same struct, or at a place in it
      if (k->store == STORE_MAP) d = put_row(d, k->inner, -1, (const char *)row + k->offset, parts);
    } else {
      d = put_field(d, k, row, parts);
    }
  }
  return d;
}

static uint64_t put_station(uint64_t d, const struct station *s, int parts) {
  d = put_text(d, s->name);
  d = put_row(d, SCOPE_STATION, (int)s->kind, s, parts);
  d = put(put(put(d, s->placed), s->failures.given), s->setup_when);
  d = put_double(put_double(d, s->at[0]), s->at[1]);
  d = put(put(put(d, s->makes.kind), (uint64_t)s->capacity), s->swaps);
  d = s->makes.kind == MAKES_SEQUENCE ? put_counts(d, s->makes.sequence, s->makes.count) : put_mix(d, s->makes.mix, s->makes.count);
  for (int i = 0; i < s->path_count; i++) d = put_double(put_double(d, s->path[i][0]), s->path[i][1]);
  for (int i = 0; s->finds && i < parts; i++) d = put_double(d, s->finds[i]);
  d = put(put(d, (uint64_t)s->operators.skill), (uint64_t)s->step_count);
  for (int i = 0; i < s->step_count; i++) d = put(put_row(d, SCOPE_STEP, -1, &s->steps[i], parts), (uint64_t)s->steps[i].skill);
  return d;
}

static uint64_t put_skills(uint64_t d, const struct fleet *f, int parts) {
  d = put(put(d, f->skills_given), f->skills);
  for (int i = 0; i < f->skill_count; i++) d = put(put_row(d, SCOPE_SKILL, -1, &f->skill[i], parts), f->skill[i].timed);
  return d;
}

static uint64_t put_shift(uint64_t d, const struct shift *s) {
  d = put(put_row(put_text(d, s->name), SCOPE_SHIFT, -1, s, 0), s->days);
  for (int i = 0; i < s->break_count; i++) d = put(put(d, (uint64_t)s->breaks[i].start), (uint64_t)s->breaks[i].length);
  return d;
}

uint64_t layout_digest_of(const struct layout *l) {
  // how many replications are asked for is no part of what each of them is
  struct layout each = *l;
  each.run.replications = 1;
  uint64_t d = DIGEST_START;
  int parts = l->part_count;
  d = put(put_row(d, SCOPE_FLOOR, -1, l, 0), l->has_floor);
  for (int i = 0; i < l->wall_count; i++) d = put_polygon(d, &l->walls[i].line);
  for (int i = 0; i < l->door_count; i++) d = put_row(put_text(d, l->doors[i].name), SCOPE_DOOR, -1, &l->doors[i], 0);
  for (int i = 0; i < l->obstacle_count; i++) d = put_row(put_text(d, l->obstacles[i].name), SCOPE_OBSTACLE, -1, &l->obstacles[i], 0);
  for (int i = 0; i < l->zone_count; i++) d = put_row(put_text(d, l->zones[i].name), SCOPE_ZONE, (int)l->zones[i].kind, &l->zones[i], 0);
  for (int i = 0; i < parts; i++) {
    const struct part_type *p = &l->parts[i];
    d = put_row(put_text(d, p->name), SCOPE_PART, -1, p, 0);
    d = put_polygon(put_double(put_double(put_double(d, p->size[0]), p->size[1]), p->size[2]), &p->base);
  }
  for (int i = 0; i < l->shift_count; i++) d = put_shift(d, &l->shifts[i]);
  for (int i = SKILL_NAMED; i < l->skill_count; i++) d = put_text(d, l->skills[i]);
  for (int i = 0; i < l->fleet_count; i++) {
    const struct fleet *f = &l->fleets[i];
    d = put_row(put(put_text(d, f->name), (uint64_t)f->people | (uint64_t)f->failures.given << 1), f->people ? SCOPE_PEOPLE : SCOPE_ROBOTS, -1, f, parts);
    d = put_skills(d, f, parts);
  }
  for (int i = 0; i < l->station_count; i++) d = put_station(d, &l->stations[i], parts);
  for (int i = 0; i < l->flow_count; i++) {
    const struct flow *f = &l->flows[i];
    d = put(put(put(put(put(d, (uint64_t)f->from), (uint64_t)f->to), f->by), (uint64_t)f->fleet), f->when);
    d = put_row(d, SCOPE_FLOW, -1, f, parts);
  }
  for (int i = 0; i < l->limit_count; i++) d = put_row(d, SCOPE_LIMIT, -1, &l->limits[i], 0);
  for (int i = 0; i < l->order_count; i++) d = put_row(d, SCOPE_ORDER, -1, &l->orders[i], parts);
  for (int i = 0; i < l->happening_count; i++) {
    const struct goal *g = l->happenings[i].rollback;
    d = put_row(d, SCOPE_EVENT, (int)l->happenings[i].kind, &l->happenings[i], parts);
    if (g) d = put_double(put(put_text(d, g->path), g->op), g->value);
  }
  for (int i = 0; i < l->goal_count; i++) d = put_double(put(put_text(d, l->goals[i].path), l->goals[i].op), l->goals[i].value);
  if (l->policy == POLICY_LIBRARY) d = put_text(d, l->policy_file);
  d = put_row(put_row(put_row(d, SCOPE_SCHEDULER, -1, l, 0), SCOPE_COST, -1, l, 0), SCOPE_RUN, -1, &each, 0);
  d = put(put(put(put(d, (uint64_t)l->run.warmup), l->run.warmup_auto), (uint64_t)l->run.body_rate), (uint64_t)l->run.start);
  return put(d, (uint64_t)parts);
}
