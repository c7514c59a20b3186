#include "engine/world/hands_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t hands_carriers(const struct layout *l, const struct flow *f) {
  uint64_t mask = 0;
  for (int k = 0; k < l->fleet_count && k < 64; k++) {
    bool wanted = f->by == CARRIER_FLEET ? k == f->fleet : f->by == CARRIER_PEOPLE ? l->fleets[k].people : !l->fleets[k].people;
    if (wanted && f->by != CARRIER_DIRECT) mask |= UINT64_C(1) << k;
  }
  return mask;
}

// ---- which parts come where -----------------------------------------------------------------------------------------

struct sets { const struct layout *l; int words; uint64_t *in, *out; bool changed; };  // by station

static void put(struct sets *s, uint64_t *set, int part) {
  uint64_t bit = UINT64_C(1) << (part & 63), *word = &set[part >> 6];
  if (*word & bit) return;
  *word |= bit;
  s->changed = true;
}

static bool has(const uint64_t *set, int part) { return set[part >> 6] >> (part & 63) & 1; }

// What leaves a station for what came in.
static void pass(struct sets *s, int i) {
  const struct layout *l = s->l;
  const struct station *p = &l->stations[i];
  uint64_t *in = s->in + (size_t)i * (size_t)s->words, *out = s->out + (size_t)i * (size_t)s->words;
  for (int k = 0; k < p->holds_count; k++) put(s, out, p->holds[k].part);
  for (int k = 0; k < p->into_count; k++) put(s, out, p->into[k].part);
  if (p->makes.kind == MAKES_SEQUENCE) {
    for (int k = 0; k < p->makes.count; k++) put(s, out, p->makes.sequence[k].part);
  } else {
    for (int k = 0; k < p->makes.count; k++) put(s, out, p->makes.mix[k].part);
  }
  if (p->makes.count > 0 || p->into_count > 0) return;
  for (int k = 0; k < l->part_count; k++)
    if (has(in, k)) put(s, out, k);
}

static bool takes(const struct station *to, int part) {
  if (to->kind != STATION_ASSEMBLY || to->base == part) return true;
  for (int k = 0; k < to->need_count; k++)
    if (to->needs[k].part == part) return true;
  return false;
}

// Stations of one group are alike: their first one stands for all.
static void along(struct sets *s, const struct flow *f, uint64_t *comes) {
  const struct layout *l = s->l;
  const struct station_group *a = &l->groups[f->from], *b = &l->groups[f->to];
  for (int i = a->first; i < a->first + a->count; i++)
    for (int k = 0; k < l->part_count; k++) {
      if (!has(s->out + (size_t)i * (size_t)s->words, k) || (f->part != NONE && f->part != k) || !takes(&l->stations[b->first], k)) continue;
      put(s, comes, k);
      for (int j = b->first; j < b->first + b->count; j++) put(s, s->in + (size_t)j * (size_t)s->words, k);
    }
}

void hands_parts(const struct layout *l, uint64_t *comes) {
  struct sets s = {.l = l, .words = (l->part_count + 63) / 64};
  size_t all = (size_t)l->station_count * (size_t)s.words + 1;
  s.in = calloc(all, sizeof *s.in);
  s.out = calloc(all, sizeof *s.out);
  memset(comes, 0, sizeof *comes * (size_t)l->flow_count * (size_t)s.words);
  if (s.in && s.out) {
    do {
      s.changed = false;
      for (int i = 0; i < l->station_count; i++) {
        pass(&s, i);
        // what is sent back to be done again
        if (l->stations[i].rework > 0 && l->stations[i].rework_to != NONE) {
          const struct station_group *g = &l->groups[l->stations[i].rework_to];
          for (int k = 0; k < l->part_count; k++)
            if (has(s.out + (size_t)i * (size_t)s.words, k))
              for (int j = g->first; j < g->first + g->count; j++) put(&s, s.in + (size_t)j * (size_t)s.words, k);
        }
      }
      for (int k = 0; k < l->flow_count; k++) along(&s, &l->flows[k], comes + (size_t)k * (size_t)s.words);
    } while (s.changed);
  }
  free(s.in);
  free(s.out);
}

// ---- the check ------------------------------------------------------------------------------------------------------

// The mass of a product is that of what went in.
static double mass_of(const struct layout *l, int part) {
  double mass = l->parts[part].mass;
  for (int s = 0; s < l->station_count; s++) {
    const struct station *p = &l->stations[s];
    if (p->kind != STATION_ASSEMBLY || p->makes.kind == MAKES_SEQUENCE) continue;
    for (int k = 0; k < p->makes.count; k++) {
      if (p->makes.mix[k].part != part) continue;
      double all = p->base != NONE ? l->parts[p->base].mass : 0;
      for (int i = 0; i < p->need_count; i++) all += p->needs[i].count * l->parts[p->needs[i].part].mass;
      if (all > mass) mass = all;
    }
  }
  return mass;
}

// Why fleet's kind cannot do one end of a flow; NULL: it can.
static const char *end_fails(const struct layout *l, const struct kind *kind, struct hands_book *book, const struct flow *f, int part, bool places) {
  const struct station *s = &l->stations[l->groups[places ? f->to : f->from].first];
  struct hands_ask a = {.part = &l->parts[part], .mass = mass_of(l, part), .carriers = f->robots, .at = s, .places = places};
  if (!s->placed) return NULL;
  for (int i = 0; i < hands_slots(s); i++) {
    a.slot = places && s->kind == STATION_ASSEMBLY && s->base == part ? -1 : hands_slot(s, i);
    // parts on a belt stand, or go to either side of who stands there
    bool belt = s->kind == STATION_CONVEYOR && !places;
    for (a.along = belt ? -1 : 0; a.along <= (belt ? 1 : 0); a.along++) {
      const struct hands_plan *p = hands_book_find(book, kind, &a);
      if (!p->possible) return p->why;
    }
  }
  return NULL;
}

static enum status check_flow(const struct layout *l, const struct kind *const *of_fleet, struct hands_book *book, int k, const uint64_t *comes, uint64_t *cannot, struct faults *f) {
  const struct flow *w = &l->flows[k];
  uint64_t able = hands_carriers(l, w);
  char first[HANDS_WHY + 144] = "";
  for (uint64_t m = able; m; m &= m - 1) {
    int fleet = __builtin_ctzll(m);
    if (!of_fleet[fleet]) continue;
    for (int part = 0; part < l->part_count; part++) {
      if (!has(comes, part)) continue;
      bool places = false;
      const char *why = end_fails(l, of_fleet[fleet], book, w, part, false);
      if (!why) places = true, why = end_fails(l, of_fleet[fleet], book, w, part, true);
      if (!why) continue;
      *cannot |= UINT64_C(1) << fleet;
      if (!first[0]) snprintf(first, sizeof first, "%.40s cannot %s %.40s: %s", l->fleets[fleet].name, places ? "put down" : "pick up", l->parts[part].name, why);
      break;
    }
  }
  if (!*cannot) return STATUS_OK;
  bool nobody = (able & ~*cannot) == 0;
  const char *from = l->groups[w->from].name, *to = l->groups[w->to].name;
  return fault_add(f, nobody ? FAULT_ERROR : FAULT_WARNING, STATUS_UNREACHABLE, w->mark, "flow.%d: %s -> %s: %s%s", w->line, from, to, first, nobody ? "" : "; others do it");
}

static bool may_work(const struct station *p, int fleet) {
  bool may = p->operators.by_count == 0;
  for (int i = 0; i < p->operators.by_count; i++) may |= p->operators.by[i] == fleet;
  return may;
}

// Steps that two do with one thing: which fleets can, the one beside the other. Says the first pair that cannot; false: no pair can.
static bool check_pair(const struct layout *l, const struct kind *const *of_fleet, struct hands_book *book, const struct station *p, const struct step *x, struct faults *f) {
  char first[HANDS_WHY + 144] = "";
  int able = 0;
  for (int k = 0; k < l->fleet_count; k++)
    for (int m = 0; m < l->fleet_count; m++) {
      if (!may_work(p, k) || !may_work(p, m) || (k == m && fleet_at_once(&l->fleets[k]) < 2)) continue;
      // typed hands do what they say
      bool can = !of_fleet[k] || !of_fleet[m];
      if (!can) {
        const struct hands_step ask = {p, x, &l->parts[x->part], mass_of(l, x->part), of_fleet[m], false};
        const struct hands_work *w = hands_book_work(book, of_fleet[k], &ask);
        can = w->possible;
        if (!can && !first[0]) snprintf(first, sizeof first, "%.40s beside %.40s cannot %s: %s", l->fleets[k].name, l->fleets[m].name, primitive_text((enum primitive_kind)x->what), w->why);
      }
      able += can;
    }
  if (first[0]) fault_add(f, able ? FAULT_WARNING : FAULT_ERROR, STATUS_UNREACHABLE, x->mark, "stations.%s: %s%s", l->groups[p->group].name, first, able ? "; others do it" : "");
  return able > 0 || !first[0];
}

// Steps of a station, for every fleet that may work there: what its hands cannot do.
static enum status check_steps(const struct layout *l, const struct kind *const *of_fleet, struct hands_book *book, int s, struct faults *f) {
  const struct station *p = &l->stations[s];
  char first[HANDS_WHY + 144] = "";
  int able = 0;
  const struct step *fault = NULL;
  enum status status = STATUS_OK;
  for (int i = 0; i < p->step_count; i++) {
    const struct step *x = &p->steps[i];
    if ((x->what == STEP_HANDOVER || x->what == STEP_CARRY) && x->part != NONE && !check_pair(l, of_fleet, book, p, x, f)) status = STATUS_UNREACHABLE;
  }
  for (int k = 0; k < l->fleet_count && p->step_count > 0; k++) {
    if (!may_work(p, k)) continue;
    bool can = true;
    for (int i = 0; of_fleet[k] && i < p->step_count && can; i++) {
      const struct step *x = &p->steps[i];
      if (x->what == STEP_HANDOVER || x->what == STEP_CARRY) continue;
      const struct hands_step ask = {.at = p, .step = x, .part = x->part != NONE ? &l->parts[x->part] : NULL, .mass = x->part != NONE ? mass_of(l, x->part) : 0};
      const struct hands_work *w = hands_book_work(book, of_fleet[k], &ask);
      if (w->possible) continue;
      can = false;
      if (!first[0]) snprintf(first, sizeof first, "%.40s cannot %s: %s", l->fleets[k].name, primitive_text((enum primitive_kind)x->what), w->why), fault = x;
    }
    able += can;
  }
  if (!first[0]) return status;
  fault_add(f, able ? FAULT_WARNING : FAULT_ERROR, STATUS_UNREACHABLE, fault->mark, "stations.%s: %s%s", l->groups[p->group].name, first, able ? "; others do it" : "");
  return able ? status : STATUS_UNREACHABLE;
}

enum status hands_check(const struct layout *l, const struct kind *const *of_fleet, struct hands_book *book, uint64_t *cannot, struct faults *f) {
  int words = (l->part_count + 63) / 64;
  enum status status = STATUS_OK;
  memset(cannot, 0, sizeof *cannot * (size_t)l->flow_count);
  bool bodies = false;
  for (int k = 0; k < l->fleet_count; k++) bodies |= of_fleet[k] != NULL;
  if (!bodies || !l->has_floor) return STATUS_OK;
  uint64_t *comes = calloc((size_t)l->flow_count * (size_t)words + 1, sizeof *comes);
  if (!comes) return fault_add(f, FAULT_ERROR, STATUS_MEMORY, (struct mark){0}, "no memory to check the hands");
  hands_parts(l, comes);
  for (int k = 0; k < l->flow_count; k++) {
    enum status s = check_flow(l, of_fleet, book, k, comes + (size_t)k * (size_t)words, &cannot[k], f);
    if (s != STATUS_OK && status == STATUS_OK && (hands_carriers(l, &l->flows[k]) & ~cannot[k]) == 0) status = s;
  }
  for (int s = 0; s < l->station_count; s++) {
    if (l->groups[l->stations[s].group].first != s || !l->stations[s].placed) continue;
    enum status one = check_steps(l, of_fleet, book, s, f);
    if (one != STATUS_OK && status == STATUS_OK) status = one;
  }
  free(comes);
  return status;
}
