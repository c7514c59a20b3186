#include "tests/lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t put_lines(char *out, size_t used, size_t size, const char *prefix, const char *lines) {
  for (const char *line = lines; *line;) {
    size_t n = strcspn(line, "\n");
    used += (size_t)snprintf(out + used, size - used, "%s%.*s\n", prefix, (int)n, line);
    line += n + (line[n] == '\n');
  }
  return used;
}

static size_t line_text(char *out, size_t size, const char *stations, const char *flow, const char *extra) {
  size_t used = 0;
  used += (size_t)snprintf(out, size, "takt: 1\nname: test\n");
  if (!extra || !strstr(extra, "parts:"))
    used += (size_t)snprintf(out + used, size - used, "parts: {part: {}, a: {}, b: {}, c: {}, d: {}, tray: {}, product: {}}\n");
  if (extra) used += (size_t)snprintf(out + used, size - used, "%s\n", extra);
  used += (size_t)snprintf(out + used, size - used, "stations:\n");
  used = put_lines(out, used, size, "  ", stations);
  used += (size_t)snprintf(out + used, size - used, "flow:\n");
  if (flow) return put_lines(out, used, size, "  - ", flow);
  used += (size_t)snprintf(out + used, size - used, "  - ");
  for (const char *line = stations; *line;) {
    size_t n = strcspn(line, "\n");
    used += (size_t)snprintf(out + used, size - used, "%s%.*s", line == stations ? "" : " -> ", (int)strcspn(line, ":"), line);
    line += n + (line[n] == '\n');
  }
  return used + (size_t)snprintf(out + used, size - used, "\n");
}

void line_open_kinds(struct line *r, const char *stations, const char *flow, const char *extra, uint64_t seed, uint32_t replication, const struct kinds *kinds) {
  *r = (struct line){0};
  size_t size = 1 << 17;
  char *text = malloc(size);
  assert_non_null(text);
  size_t used = line_text(text, size, stations, flow, extra);
  assert_true(used < size);
  struct faults f;
  faults_init(&f, "test", text, used);
  if (layout_read_text(&r->layout, "test", text, used, NULL, 0, &f) != STATUS_OK) {
    faults_print(&f, stderr);
    fprintf(stderr, "%s", text);
    fail_msg("the layout is refused");
  }
  faults_finish(&f);
  free(text);
  struct twin_options o = twin_defaults();
  o.seed = seed;
  o.replication = replication;
  o.assets = "assets";
  o.kinds = kinds;
  struct error e = {0};
  r->twin = twin_create(&r->layout, &o, &e);
  if (!r->twin) fail_msg("no twin: %s", e.text);
  assert_true(arena_init(&r->arena, 1 << 22));
  r->now = sums_make(&r->layout, &r->arena);
  r->before = sums_make(&r->layout, &r->arena);
  assert_non_null(r->before.station);
}

void line_open_seed(struct line *r, const char *stations, const char *flow, const char *extra, uint64_t seed, uint32_t replication) {
  line_open_kinds(r, stations, flow, extra, seed, replication, NULL);
}

void line_open(struct line *r, const char *stations, const char *flow, const char *extra) {
  line_open_seed(r, stations, flow, extra, 1, 1);
}

void line_close(struct line *r) {
  twin_destroy(r->twin);
  arena_finish(&r->arena);
  layout_finish(&r->layout);
}

// servers of a station whose time is booked; 0 when its causes mean nothing
static int servers_of(const struct station *s) {
  switch (s->kind) {
    case STATION_MACHINE: case STATION_ASSEMBLY: case STATION_DISASSEMBLY: case STATION_SORTER: case STATION_INSPECTION: return s->servers;
    default: return 0;
  }
}

static void check_sums(const struct line *r) {
  for (int i = 0; i < r->layout.station_count; i++) {
    int servers = servers_of(&r->layout.stations[i]);
    ns_t total = 0;
    for (int c = 0; c < STATION_CAUSES; c++) total += r->now.station[i].cause[c];
    if (servers > 0 && total != r->now.now * servers)
      fail_msg("%s: causes sum to %lld ns of %lld", r->layout.stations[i].name, (long long)total, (long long)(r->now.now * servers));
  }
  for (int i = 0; i < r->layout.fleet_count; i++) {
    ns_t total = 0;
    for (int c = 0; c < ROBOT_CAUSES; c++) total += r->now.fleet[i].cause[c];
    if (total != r->now.fleet[i].present)
      fail_msg("%s: causes sum to %lld ns of %lld", r->layout.fleets[i].name, (long long)total, (long long)r->now.fleet[i].present);
  }
}

void line_to_ns(struct line *r, ns_t t) {
  r->state = twin_run(r->twin, t);
  const char *broken = twin_validate(r->twin);
  if (broken) fail_msg("at %.9f s: %s", ns_to_seconds(twin_now(r->twin)), broken);
  twin_measure(r->twin, &r->now);
  check_sums(r);
}

void line_to(struct line *r, double seconds) { line_to_ns(r, ns_from_seconds(seconds)); }

const struct station_sums *line_station(const struct line *r, const char *name) {
  int i = layout_station(&r->layout, name);
  if (i == NONE) fail_msg("no station %s", name);
  return &r->now.station[i];
}

const struct fleet_sums *line_fleet(const struct line *r, const char *name) {
  int i = layout_fleet(&r->layout, name);
  if (i == NONE) fail_msg("no fleet %s", name);
  return &r->now.fleet[i];
}

double line_cause(const struct line *r, const char *station, enum station_cause c) { return ns_to_seconds(line_station(r, station)->cause[c]); }
double line_robot(const struct line *r, const char *fleet, enum robot_cause c) { return ns_to_seconds(line_fleet(r, fleet)->cause[c]); }

static int64_t made(const struct line *r, const struct sums *sums, const char *station) {
  if (!station) return sums->line.made;
  int i = layout_station(&r->layout, station);
  if (i == NONE) fail_msg("no station %s", station);
  return sums->station[i].made;
}

static void fail_at(const char *file, int row, const char *text) {
  print_error("%s:%d: %s\n", file, row, text);
  fail();
}

void line_made_at_(struct line *r, const char *station, int64_t nth, double seconds, const char *file, int row) {
  char text[200];
  ns_t t = ns_from_seconds(seconds);
  const char *name = station ? station : "the sinks";
  if (r->now.now < t) {
    line_to_ns(r, t - 1);
    sums_copy(&r->before, &r->now);
  }
  if (r->before.now != t - 1) fail_msg("moments must come in order: %.9f s is past", seconds);
  line_to_ns(r, t);
  int64_t early = made(r, &r->before, station), now = made(r, &r->now, station);
  if (early >= nth) {
    snprintf(text, sizeof text, "%s: part %lld was done before %.9f s (%lld by then)", name, (long long)nth, seconds, (long long)early);
    fail_at(file, row, text);
  }
  if (now < nth) {
    snprintf(text, sizeof text, "%s: part %lld was not done by %.9f s (%lld by then)%s%s", name, (long long)nth, seconds, (long long)now,
             r->state == TWIN_RUNS || r->state == TWIN_PARTS ? "" : ": ", twin_why(r->twin));
    fail_at(file, row, text);
  }
}

void line_was_(const struct line *r, const char *station, enum station_cause c, double seconds, const char *file, int row) {
  double got = line_cause(r, station, c);
  if (fabs(got - seconds) > 1e-9) {
    char text[200];
    snprintf(text, sizeof text, "%s was %s for %.9f s, not %.9f, in %.9f s", station, station_cause_name(c), got, seconds, ns_to_seconds(r->now.now));
    fail_at(file, row, text);
  }
}

void line_robots_were_(const struct line *r, const char *fleet, enum robot_cause c, double seconds, const char *file, int row) {
  double got = line_robot(r, fleet, c);
  if (fabs(got - seconds) > 1e-6) {
    char text[200];
    snprintf(text, sizeof text, "%s were %s for %.9f s, not %.9f, in %.9f s", fleet, robot_cause_name(c), got, seconds, ns_to_seconds(r->now.now));
    fail_at(file, row, text);
  }
}
