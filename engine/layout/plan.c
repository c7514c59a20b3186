#include "engine/layout/plan.h"

#include <limits.h>

static void put_points(struct json *j, const char *key, double (*p)[2], int count) {
  if (key) json_key(j, key);
  json_list(j);
  for (int i = 0; i < count; i++) {
    json_list(j);
    json_number(j, p[i][0]);
    json_number(j, p[i][1]);
    json_list_end(j);
  }
  json_list_end(j);
}

static void put_text(struct json *j, const char *key, const char *value) {
  json_key(j, key);
  json_text(j, value);
}

static void put_number(struct json *j, const char *key, double value) {
  json_key(j, key);
  json_number(j, value);
}

static void put_integer(struct json *j, const char *key, int64_t value) {
  json_key(j, key);
  json_integer(j, value);
}

static void put_bool(struct json *j, const char *key, bool value) {
  json_key(j, key);
  json_bool(j, value);
}

static void put_numbers(struct json *j, const char *key, const double *v, int count) {
  json_key(j, key);
  json_list(j);
  for (int i = 0; i < count; i++) json_number(j, v[i]);
  json_list_end(j);
}

static void put_integers(struct json *j, const char *key, const int *v, int count) {
  json_key(j, key);
  json_list(j);
  for (int i = 0; i < count; i++) json_integer(j, v[i]);
  json_list_end(j);
}

static void put_floor(const struct layout *l, struct json *j) {
  static const char *const kinds[] = {"slow", "one-way", "slippery", "ramp", "dim", "no-go", "people", "charging"};
  json_key(j, "walls");
  json_list(j);
  for (int i = 0; i < l->wall_count; i++) put_points(j, NULL, l->walls[i].line.point, l->walls[i].line.count);
  json_list_end(j);

  json_key(j, "doors");
  json_list(j);
  for (int i = 0; i < l->door_count; i++) {
    json_object(j);
    put_text(j, "name", l->doors[i].name);
    put_numbers(j, "at", l->doors[i].at, 2);
    put_number(j, "width", l->doors[i].width);
    json_object_end(j);
  }
  json_list_end(j);

  json_key(j, "obstacles");
  json_list(j);
  for (int i = 0; i < l->obstacle_count; i++) {
    json_object(j);
    put_text(j, "name", l->obstacles[i].name);
    put_points(j, "area", l->obstacles[i].area.point, l->obstacles[i].area.count);
    json_object_end(j);
  }
  json_list_end(j);

  json_key(j, "zones");
  json_list(j);
  for (int i = 0; i < l->zone_count; i++) {
    const struct zone *z = &l->zones[i];
    double value = z->kind == ZONE_SLOW ? z->speed : z->kind == ZONE_SLIPPERY ? z->friction : z->kind == ZONE_RAMP ? z->slope : z->kind == ZONE_DIM ? z->occlusion : 0;
    json_object(j);
    put_text(j, "name", z->name);
    put_text(j, "kind", kinds[z->kind]);
    put_points(j, "area", z->area.point, z->area.count);
    put_number(j, "value", value);
    put_number(j, "towards", z->towards);
    json_object_end(j);
  }
  json_list_end(j);
}

static void put_parts(const struct layout *l, struct json *j) {
  static const char *const shapes[] = {"box", "cylinder", "sphere", "prism", "bag", "sheet"};
  json_key(j, "parts");
  json_list(j);
  for (int i = 0; i < l->part_count; i++) {
    const struct part_type *p = &l->parts[i];
    json_object(j);
    put_text(j, "name", p->name);
    put_text(j, "shape", shapes[p->shape]);
    put_numbers(j, "size", p->size, 3);
    put_text(j, "colour", p->colour);
    json_object_end(j);
  }
  json_list_end(j);
}

static void put_station(const struct layout *l, const struct station *s, struct json *j) {
  bool store = s->kind == STATION_BUFFER || s->kind == STATION_RACK || s->kind == STATION_BIN;
  bool work  = s->kind == STATION_MACHINE || s->kind == STATION_ASSEMBLY || s->kind == STATION_DISASSEMBLY || s->kind == STATION_SORTER || s->kind == STATION_INSPECTION;
  json_object(j);
  put_text(j, "name", s->name);
  put_text(j, "group", l->groups[s->group].name);
  put_text(j, "kind", station_kind_name(s->kind));
  put_bool(j, "placed", s->placed);
  put_numbers(j, "at", s->at, 2);
  put_numbers(j, "size", s->size, 2);
  put_number(j, "facing", s->facing);
  put_number(j, "height", s->height);
  put_points(j, "path", s->path, s->path_count);
  put_number(j, "speed", s->speed);
  json_key(j, "capacity");
  if (!store || s->capacity == INT32_MAX) json_null(j);
  else json_integer(j, s->capacity);
  put_integers(j, "grid", s->grid, 2);
  put_numbers(j, "pitch", s->pitch, 2);
  put_integer(j, "servers", work ? s->servers : 0);
  put_integer(j, "slots", s->place_count);
  put_bool(j, "scrapped", s->scrapped);
  bool whole = s->kind == STATION_ASSEMBLY && s->makes.kind == MAKES_MIX && s->makes.count == 1;
  if (s->step_count) {
    json_key(j, "steps");
    json_list(j);
    for (int k = 0; k < s->step_count; k++) {
      json_object(j);
      put_text(j, "do", step_do_name(s->steps[k].what));
      put_integer(j, "count", s->steps[k].count);
      json_object_end(j);
    }
    json_list_end(j);
  }
  put_integer(j, "makes", whole ? s->makes.mix[0].part : NONE);
  json_object_end(j);
}

void layout_plan_write(const struct layout *l, struct json *out, void (*more)(void *context, int f, struct json *out), void *context) {
  static const char *const ops[] = {"<", "<=", ">", ">=", "="};
  json_object(out);
  put_text(out, "name", l->name ? l->name : "");
  put_numbers(out, "size", l->size, 2);
  put_floor(l, out);
  put_parts(l, out);

  json_key(out, "stations");
  json_list(out);
  for (int i = 0; i < l->station_count; i++) put_station(l, &l->stations[i], out);
  json_list_end(out);

  json_key(out, "fleets");
  json_list(out);
  for (int i = 0; i < l->fleet_count; i++) {
    const struct fleet *f = &l->fleets[i];
    json_object(out);
    put_text(out, "name", f->name);
    put_bool(out, "people", f->people);
    put_integer(out, "count", f->count);
    json_key(out, "model");
    if (f->model) json_text(out, f->model);
    else json_null(out);
    if (more) more(context, i, out);
    json_object_end(out);
  }
  json_list_end(out);

  json_key(out, "goals");
  json_list(out);
  for (int i = 0; i < l->goal_count; i++) {
    json_object(out);
    put_text(out, "path", l->goals[i].path);
    put_text(out, "op", ops[l->goals[i].op]);
    put_number(out, "value", l->goals[i].value);
    json_object_end(out);
  }
  json_list_end(out);
  json_object_end(out);
}
