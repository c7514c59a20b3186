#include "app/frames.h"

#include <stdlib.h>

#include "app/commands.h"
#include "engine/layout/plan.h"

_Static_assert(ROBOT_CAUSES == FRAME_ROBOT_CAUSES, "the stream knows as many causes of a robot as the ledger");
_Static_assert(STATION_CAUSES == FRAME_STATION_CAUSES, "and of a station");
_Static_assert(POSE_LIE + 1 == FRAME_POSES, "and as many poses as the scene");

_Static_assert(SCENE_WAY_MAX == WAY_POINTS_MAX, "and as many points of a way");

#define KPI_MAX 32000               // a reader takes 65,536 elements in a message

enum status frames_init(struct frames *f, const struct layout *l, struct error *e) {
  *f = (struct frames){ .layout = l };
  if (!arena_init(&f->arena, (size_t)1 << 30) || !scene_make(&f->scene, l, &f->arena) || !result_index_make(&f->index, l, &f->arena))
    return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory to show this layout");
  f->from = sums_make(l, &f->arena);
  f->now = sums_make(l, &f->arena);
  f->row = ARENA_NEW(&f->arena, double, f->index.count + 1);
  f->kpi = ARENA_NEW(&f->arena, struct frame_kpi, f->index.count + 1);
  bool all = f->from.station && f->from.fleet && f->now.station && f->now.fleet && f->row && f->kpi;
  if (!all) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory to show this layout");
  f->decisions = decisions_create(&f->looks);
  if (!f->decisions) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory to show this layout");
  if (l->run.fidelity != FIDELITY_BODY) return STATUS_OK;
  f->bodies = bodies_create(l, e);
  return f->bodies ? STATUS_OK : e ? e->status : STATUS_MEMORY;
}

void frames_finish(struct frames *f) {
  bodies_destroy(f->bodies);
  decisions_destroy(f->decisions);
  f->decisions = NULL;
  f->bodies = NULL;
  arena_finish(&f->arena);
}

// ---- hello ------------------------------------------------------------------------------------------

enum status frames_hello(const struct frames *f, const struct layout *l, uint64_t seed, struct bytes *out) {
  int n = l->part_count + l->station_count + l->fleet_count, k = 0;
  const char **name = calloc((size_t)n + 1, sizeof *name);
  if (!name) return STATUS_MEMORY;
  for (int i = 0; i < l->part_count; i++) name[k++] = l->parts[i].name;
  for (int i = 0; i < l->station_count; i++) name[k++] = l->stations[i].name;
  for (int i = 0; i < l->fleet_count; i++) name[k++] = l->fleets[i].name;
  struct json plan;
  json_init(&plan, false);
  layout_plan_write(l, &plan, f->bodies ? bodies_plan : NULL, f->bodies);
  struct frame_hello h = { .layout = l->text, .layout_size = l->text_size, .plan = plan.text, .plan_size = plan.size, .name = l->name ? l->name : "",
                           .fidelity = fidelity_name(l->run.fidelity), .version = TAKT_VERSION, .seed = seed,
                           .part_count = l->part_count, .station_count = l->station_count, .fleet_count = l->fleet_count,
                           .parts = name, .stations = name + l->part_count, .fleets = name + l->part_count + l->station_count };
  enum status s = frame_hello_write(&h, out);
  if (s == STATUS_LIMIT) {
    h.layout = "";
    h.layout_size = 0;
    s = frame_hello_write(&h, out);
  }
  json_finish(&plan);
  free(name);
  return s;
}

// ---- picture ----------------------------------------------------------------------------------------

void frames_picture(struct frames *f, struct twin *t, struct picture *out) {
  struct scene *s = &f->scene;
  twin_scene(t, s);
  *out = (struct picture){
    .now = s->now,
    .robots = { .n = s->robots.n, .id = s->robots.id, .fleet = s->robots.fleet, .cause = s->robots.cause, .pose = s->robots.pose, .pos = s->robots.pos,
                .heading = s->robots.heading, .speed = s->robots.speed, .phase = s->robots.phase, .charge = s->robots.charge, .held = s->robots.held,
                .from = s->robots.from, .to = s->robots.to, .step = s->robots.step, .hand = s->robots.hand, .waits = s->robots.waits, .kept = s->robots.kept, .legs = s->robots.legs, .way = s->robots.way },
    .stations = { .n = s->stations.n, .cause = s->stations.cause, .count = s->stations.count, .progress = s->stations.progress, .made = s->stations.made },
    .parts = { .n = s->parts.n, .total = s->parts.total, .id = &s->parts.id->bits, .type = s->parts.type, .pos = s->parts.pos } };
  if (f->bodies) out->bodies = bodies_picture(f->bodies, t, s, &f->looks);
}

// ---- numbers and events ---------------------------------------------------------------------------------

void frames_mark(struct frames *f, struct twin *t) { twin_measure(t, &f->from); }

enum status frames_kpi(struct frames *f, struct twin *t, bool ended_by_parts, struct bytes *out) {
  twin_measure(t, &f->now);
  if (f->now.now <= f->from.now) return STATUS_OK;              // an empty window has no numbers
  result_fill(&f->index, &f->from, &f->now, ended_by_parts, f->row);
  int n = f->index.count < KPI_MAX ? f->index.count : KPI_MAX;
  for (int i = 0; i < n; i++) f->kpi[i] = (struct frame_kpi){ f->index.path[i], f->row[i] };
  return frame_kpi_write(f->kpi, n, out);
}

int frames_events(struct frames *f, struct twin *t, struct bytes *out) {
  int n = twin_notes(t, f->note, FRAMES_NOTES_MAX);
  if (n == 0) return 0;
  for (int i = 0; i < n; i++) {
    const struct note *o = &f->note[i];
    f->event[i] = (struct frame_event){ .at = o->at, .kind = (uint8_t)o->kind, .row = o->row < -1 ? -1 : o->row, .text = o->text };
  }
  return frame_events_write(f->event, n, out) == STATUS_OK ? n : 0;
}
