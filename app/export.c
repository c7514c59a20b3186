#include "app/export.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/export_scene.h"
#include "app/output.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/json.h"
#include "engine/measure/ledger.h"
#include "stream/recording.h"

// Events that came since the last look: from *first to the returned count.
static int fresh_events(struct frame_decoder *d, const struct frame_event **event, uint64_t *seen, int *first) {
  int n = frame_events_read(d, event);
  uint64_t fresh = frame_events_total(d) - *seen;
  *seen = frame_events_total(d);
  *first = fresh < (uint64_t)n ? n - (int)fresh : 0;
  return n;
}

static const char *kind_of(const struct frame_event *e) {
  static const char *const kinds[] = {"station", "robot", "command", "fault"};
  return e->kind < 4 ? kinds[e->kind] : "other";
}

// ---- csv --------------------------------------------------------------------------------------------------------

static void csv_text(FILE *out, const char *text) {
  fputc('"', out);
  for (; *text; text++) {
    if (*text == '"') fputc('"', out);
    fputc(*text, out);
  }
  fputc('"', out);
}

static void csv_message(FILE *out, const struct recording_message *m, struct frame_decoder *d, uint64_t *seen) {
  const struct frame_kpi *kpi;
  const struct frame_event *event;
  int first;
  if (m->channel == CHANNEL_KPI) {
    int n = frame_kpi_read(d, &kpi);
    for (int i = 0; i < n; i++) {
      if (!isfinite(kpi[i].value)) continue;                    // has no meaning at this time
      fprintf(out, "%.9f,number,", ns_to_seconds(m->at));
      csv_text(out, kpi[i].path);
      fprintf(out, ",%.17g\n", kpi[i].value);
    }
    return;
  }
  int n = fresh_events(d, &event, seen, &first);
  for (int i = first; i < n; i++) {
    fprintf(out, "%.9f,event,%s", ns_to_seconds(event[i].at), kind_of(&event[i]));
    if (event[i].row >= 0) fprintf(out, ".%d", event[i].row);
    fputc(',', out);
    csv_text(out, event[i].text);
    fputc('\n', out);
  }
}

// ---- perfetto ---------------------------------------------------------------------------------------------------

enum { TRACK_ROBOTS = 1, TRACK_STATIONS, TRACK_LINE };

// What a robot or a station has been doing, and since when.
struct span { int cause; int64_t since; };

struct trace {
  FILE *out;
  bool  any;
  struct span *span[TRACK_LINE];    // by track and row
  int   rows[TRACK_LINE];
  int64_t last;
};

static void json_string(FILE *out, const char *text) {
  struct json j;
  json_init(&j, false);
  json_text(&j, text);
  fputs(j.text, out);
  json_finish(&j);
}

static void next(struct trace *t) {
  fputs(t->any ? ",\n" : "\n", t->out);
  t->any = true;
}

static void name_track(struct trace *t, int pid, int tid, const char *name) {
  next(t);
  fprintf(t->out, "{\"ph\":\"M\",\"pid\":%d,\"tid\":%d,\"name\":\"%s\",\"args\":{\"name\":", pid, tid, tid ? "thread_name" : "process_name");
  json_string(t->out, name);
  fputs("}}", t->out);
}

static void end_span(struct trace *t, int track, int row, int64_t now) {
  const struct span *s = &t->span[track][row];
  if (s->cause < 0 || now <= s->since) return;
  const char *name = track == TRACK_ROBOTS ? robot_cause_name((enum robot_cause)s->cause) : station_cause_name((enum station_cause)s->cause);
  next(t);
  fprintf(t->out, "{\"ph\":\"X\",\"pid\":%d,\"tid\":%d,\"ts\":%" PRId64 ".%03d,\"dur\":%" PRId64 ".%03d,\"name\":\"%s\"}", track, row + 1, s->since / 1000, (int)(s->since % 1000),
          (now - s->since) / 1000, (int)((now - s->since) % 1000), name);
}

static bool room_for(struct trace *t, int track, int rows) {
  if (rows <= t->rows[track]) return true;
  struct span *more = realloc(t->span[track], sizeof *more * (size_t)rows);
  if (!more) return false;
  for (int k = t->rows[track]; k < rows; k++) more[k] = (struct span){.cause = -1};
  t->span[track] = more;
  t->rows[track] = rows;
  return true;
}

static void see(struct trace *t, int track, int row, int cause, int64_t now) {
  struct span *s = &t->span[track][row];
  if (s->cause == cause) return;
  end_span(t, track, row, now);
  *s = (struct span){cause, now};
}

static bool trace_picture(struct trace *t, const struct frame_hello *h, const struct picture *p) {
  if (!h || !p) return true;
  for (int k = 0; k < p->stations.n; k++) {
    bool fresh = k >= t->rows[TRACK_STATIONS];
    if (!room_for(t, TRACK_STATIONS, k + 1)) return false;
    if (fresh) name_track(t, TRACK_STATIONS, k + 1, k < h->station_count ? h->stations[k] : "?");
    see(t, TRACK_STATIONS, k, p->stations.cause[k], p->now);
  }
  for (int k = 0; k < p->robots.n; k++) {
    int row = (int)p->robots.id[k] - 1;
    char name[200];
    if (row < 0 || row > 1000000) continue;
    bool fresh = row >= t->rows[TRACK_ROBOTS] || t->span[TRACK_ROBOTS][row].cause < 0;
    if (!room_for(t, TRACK_ROBOTS, row + 1)) return false;
    snprintf(name, sizeof name, "R%d %.150s", row + 1, p->robots.fleet[k] < h->fleet_count ? h->fleets[p->robots.fleet[k]] : "");
    if (fresh) name_track(t, TRACK_ROBOTS, row + 1, name);
    see(t, TRACK_ROBOTS, row, p->robots.cause[k], p->now);
  }
  t->last = p->now;
  return true;
}

static void trace_numbers(struct trace *t, struct frame_decoder *d, int64_t at) {
  const struct frame_kpi *kpi;
  int n = frame_kpi_read(d, &kpi);
  for (int i = 0; i < n; i++) {
    if (strncmp(kpi[i].path, "kpi.", 4) || !isfinite(kpi[i].value)) continue;
    next(t);
    fprintf(t->out, "{\"ph\":\"C\",\"pid\":%d,\"ts\":%" PRId64 ",\"name\":", TRACK_LINE, at / 1000);
    json_string(t->out, kpi[i].path + 4);
    fprintf(t->out, ",\"args\":{\"value\":%.10g}}", kpi[i].value);
  }
}

static void trace_events(struct trace *t, struct frame_decoder *d, uint64_t *seen) {
  const struct frame_event *event;
  int first, n = fresh_events(d, &event, seen, &first);
  for (int i = first; i < n; i++) {
    int track = event[i].kind == 1 ? TRACK_ROBOTS : event[i].kind == 0 ? TRACK_STATIONS : TRACK_LINE;
    next(t);
    fprintf(t->out, "{\"ph\":\"i\",\"s\":\"t\",\"pid\":%d,\"tid\":%d,\"ts\":%" PRId64 ",\"name\":", track, track == TRACK_LINE ? 0 : event[i].row + 1, event[i].at / 1000);
    json_string(t->out, event[i].text);
    fputs("}", t->out);
  }
}

static void trace_begin(struct trace *t) {
  fputs("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[", t->out);
  name_track(t, TRACK_ROBOTS, 0, "robots and people");
  name_track(t, TRACK_STATIONS, 0, "stations");
  name_track(t, TRACK_LINE, 0, "the line");
}

static void trace_end(struct trace *t) {
  for (int track = TRACK_ROBOTS; track < TRACK_LINE; track++) {
    for (int k = 0; k < t->rows[track]; k++) end_span(t, track, k, t->last);
    free(t->span[track]);
  }
  fputs("\n]}\n", t->out);
}

// ---- the walk through the recording -------------------------------------------------------------------------------

static int walk(struct recording *r, struct frame_decoder *d, enum export_format format, FILE *out) {
  struct recording_message m;
  struct error e = {0};
  struct trace trace = {.out = out};
  struct export_scene *scene = format == EXPORT_FOXGLOVE ? export_scene_begin(out) : NULL;
  uint64_t seen = 0;
  bool memory = format != EXPORT_FOXGLOVE || scene;
  if (format == EXPORT_CSV) fprintf(out, "time_s,what,name,value\n");
  if (format == EXPORT_PERFETTO) trace_begin(&trace);
  recording_rewind(r, 0, 1u << CHANNEL_KPI | 1u << CHANNEL_EVENTS | (format == EXPORT_CSV ? 0 : 1u << CHANNEL_FRAMES));
  while (memory && recording_next(r, &m, &e)) {
    if (recording_feed(&m, d, &e) != STATUS_OK) break;
    if (format == EXPORT_CSV) {
      csv_message(out, &m, d, &seen);
    } else if (format == EXPORT_PERFETTO) {
      if (m.channel == CHANNEL_KPI) trace_numbers(&trace, d, m.at);
      else if (m.channel == CHANNEL_EVENTS) trace_events(&trace, d, &seen);
      else memory = trace_picture(&trace, frame_hello_read(d), frame_picture(d));
    } else {
      const struct frame_event *event;
      int first = 0, n = m.channel == CHANNEL_EVENTS ? fresh_events(d, &event, &seen, &first) : 0;
      if (m.channel == CHANNEL_KPI) export_scene_numbers(scene, d, m.at);
      else if (m.channel == CHANNEL_FRAMES) memory = export_scene_picture(scene, frame_hello_read(d), frame_picture(d));
      for (int i = first; i < n; i++) export_scene_event(scene, &event[i]);
    }
  }
  if (format == EXPORT_PERFETTO) trace_end(&trace);
  export_scene_end(scene);
  if (!memory) error_at(&e, STATUS_MEMORY, "", 0, 0, "no memory for the export");
  return e.status != STATUS_OK ? output_error("replay", &e) : 0;
}

int export_recording(const char *path, enum export_format format, const char *to) {
  struct error e = {0};
  if (to && output_same(path, to)) {
    fprintf(stderr, "takt replay: --out %s would write over the recording\n", to);
    return 2;
  }
  struct recording *r = recording_open(path, &e);
  if (!r) return output_error("replay", &e);
  FILE *out = to ? fopen(to, "wb") : stdout;
  struct frame_decoder *d = frame_decoder_create();
  int code = 4;
  if (!out || !d) fprintf(stderr, "takt replay: %s: cannot be written: %s\n", to ? to : "stdout", strerror(errno));
  else code = walk(r, d, format, out);
  if (recording_cut(r)) fprintf(stderr, "takt replay: %s: %s\n", path, recording_note(r));
  if (to && out && (ferror(out) | fclose(out))) {
    fprintf(stderr, "takt replay: %s: cannot be written\n", to);
    code = 4;
  }
  frame_decoder_destroy(d);
  recording_close(r);
  return code;
}
