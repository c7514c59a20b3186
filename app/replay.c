// takt replay: runs what a recording holds again and compares the digest of every second.
//
// A run is layout + seed + command log, so a recording is its own proof: same inputs, same bits. Messages
// are taken in the order they were written; a command comes when it came, a digest is compared where it was
// taken. `takt replay export --csv` writes its events and numbers as a table instead.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/workers.h"
#include "app/commands.h"
#include "app/files.h"
#include "app/happening.h"
#include "app/interrupt.h"
#include "app/options.h"
#include "engine/sim/twin.h"
#include "stream/log.h"
#include "stream/recording.h"

struct replay {
  const char       *path;
  struct recording *recording;
  struct layout     layout;
  struct twin      *twin;
  struct arena      commands;
  ns_t              limit;          // the end of the run that was asked for
  char             *text;           // of the layout, owned
  struct unpacked   files;          // that the recording brings along
  int64_t           compared, commands_given;
  bool              quiet, ended, over;
};

static int say(const struct replay *r, enum status s, const char *text) {
  fprintf(stderr, "takt replay: %s: %s: %s\n", r->path, status_text(s), text);
  return status_exit_code(s);
}

static int say_error(const struct error *e) {
  fprintf(stderr, "takt replay: %s%s%s: %s\n", e->file, e->file[0] ? ": " : "", status_text(e->status), e->text);
  return status_exit_code(e->status);
}

// ---- what the recording says ----------------------------------------------------------------------------

static int load(struct replay *r) {
  struct recording_message m;
  struct error e;
  struct span text;
  recording_rewind(r->recording, 0, 1u << CHANNEL_LAYOUT);
  if (!recording_next(r->recording, &m, &e)) return e.status != STATUS_OK ? say_error(&e) : say(r, STATUS_CORRUPT, "it ends before the layout of the run");
  if (!log_layout_read(m.data, m.size, &text)) return say(r, STATUS_CORRUPT, "its layout is not text");
  r->text = malloc(text.size + 1);
  if (!r->text) return say(r, STATUS_MEMORY, "no memory for its layout");
  memcpy(r->text, text.data, text.size);
  r->text[text.size] = 0;

  // models and data are those of the recording, whatever lies beside the layout today
  const struct recording_info *info = recording_info(r->recording);
  const char *slash = strrchr(info->layout_file, '/');
  char file[400];
  size_t size = text.size;
  if (files_unpack(r->recording, &r->files, &e) != STATUS_OK) return say_error(&e);
  if (r->files.folder[0]) snprintf(file, sizeof file, "%s/data/%s", r->files.folder, slash ? slash + 1 : info->layout_file);
  else snprintf(file, sizeof file, "%s", info->layout_file);
  struct faults f;
  faults_init(&f, file, NULL, 0);
  enum status s = layout_read_text(&r->layout, file, r->text, size, NULL, 0, &f);
  if (f.errors > 0) {
    fprintf(stderr, "takt replay: the layout in %s does not pass the checks of this version:\n", r->path);
    faults_print(&f, stderr);
  }
  faults_finish(&f);
  if (s != STATUS_OK) return status_exit_code(s);
  if (info->length > NS_LIMIT || info->warmup > NS_LIMIT) return say(r, STATUS_CORRUPT, "its run is longer than a run may be");
  r->limit = info->length + info->warmup;
  struct twin_options o = twin_defaults();
  o.seed = info->seed;
  o.threads = cores();
  o.assets = r->files.folder[0] ? r->files.folder : NULL;
  o.replication = info->replication;
  o.horizon = r->limit;
  r->twin = twin_create(&r->layout, &o, &e);
  if (!r->twin) return say_error(&e);
  return arena_init(&r->commands, (size_t)16 << 20) ? 0 : say(r, STATUS_MEMORY, "no memory for commands");
}

// Bring the twin to `until`; a run that ended by itself stays where it is.
static void run_to(struct replay *r, ns_t until) {
  if (!r->over && until > twin_now(r->twin)) r->over = twin_run(r->twin, until) != TWIN_RUNS;
}

static int give_command(struct replay *r, const struct recording_message *m) {
  struct log_command c;
  if (!log_command_read(m->data, m->size, &c) || c.given < twin_now(r->twin) || c.given > r->limit) return say(r, STATUS_CORRUPT, "a command in it cannot be read");
  run_to(r, c.given);
  struct faults f;
  struct happening h;
  faults_init(&f, "command", (const char *)c.text.data, c.text.size);
  enum status s = happening_read(twin_layout(r->twin), (const char *)c.text.data, c.text.size, &r->commands, &h, &f);
  int code = 0;
  if (s != STATUS_OK) {
    faults_print(&f, stderr);
    code = say(r, STATUS_CORRUPT, "a command in it is none for its layout");
  } else {
    ns_t at = twin_command(r->twin, &h, c.paused);
    if (c.paused && !r->over) r->over = twin_run(r->twin, twin_now(r->twin)) != TWIN_RUNS;
    if (at != c.at) {
      printf("the command given at %.3f s took effect at %.3f s, in the recording at %.3f s\n", ns_to_seconds(c.given), ns_to_seconds(at), ns_to_seconds(c.at));
      code = 1;
    }
  }
  r->commands_given++;
  faults_finish(&f);
  return code;
}

// ---- comparing --------------------------------------------------------------------------------------------

static int differs(const struct replay *r, const char *when, uint64_t recorded, uint64_t recorded_events) {
  printf("%s differs: recorded %016" PRIx64 " after %" PRIu64 " events, run again %016" PRIx64 " after %" PRIu64 "; %" PRId64 " digests before it are equal\n", when, recorded,
         recorded_events, twin_digest(r->twin), twin_events(r->twin), r->compared);
  return 1;
}

static int compare_second(struct replay *r, const struct recording_message *m) {
  struct log_digest d;
  char when[64];
  if (!log_digest_read(m->data, m->size, &d) || d.second > r->limit / NS_SECOND || d.second * NS_SECOND < twin_now(r->twin))
    return say(r, STATUS_CORRUPT, "a digest in it cannot be read");
  run_to(r, d.second * NS_SECOND);
  snprintf(when, sizeof when, "second %" PRId64, d.second);
  if (twin_digest(r->twin) != d.digest) return differs(r, when, d.digest, d.events);
  r->compared++;
  return 0;
}

static int compare_end(struct replay *r, const struct recording_message *m) {
  struct log_end end;
  if (!log_end_read(m->data, m->size, &end) || end.now > r->limit) return say(r, STATUS_CORRUPT, "its end cannot be read");
  run_to(r, end.now);
  if (twin_digest(r->twin) != end.digest) return differs(r, "the end", end.digest, end.events);
  r->compared++;
  r->ended = true;
  return 0;
}

static int compare(struct replay *r) {
  struct recording_message m;
  struct error e;
  int code = 0;
  recording_rewind(r->recording, 0, 1u << CHANNEL_COMMANDS | 1u << CHANNEL_DIGEST | 1u << CHANNEL_END);
  while (code == 0 && !interrupted && recording_next(r->recording, &m, &e)) {
    if (m.channel == CHANNEL_COMMANDS) code = give_command(r, &m);
    else if (m.channel == CHANNEL_DIGEST) code = compare_second(r, &m);
    else code = compare_end(r, &m);
  }
  if (code != 0) return code;
  if (interrupted) {
    printf("%" PRId64 " digests equal, then interrupted\n", r->compared);
    return 130;
  }
  if (e.status != STATUS_OK) {
    printf("%" PRId64 " digests equal, then the recording is damaged\n", r->compared);
    return say_error(&e);
  }
  if (recording_damaged(r->recording)) {
    printf("%" PRId64 " digests equal, then the recording is damaged\n", r->compared);
    return say(r, STATUS_CORRUPT, recording_note(r->recording));
  }
  if (r->compared == 0) return say(r, STATUS_CORRUPT, recording_cut(r->recording) ? "it was cut before its first digest: nothing to compare" : "it holds no digests: nothing to compare");
  printf("%" PRId64 " digests equal", r->compared);
  if (r->commands_given) printf(", %" PRId64 " command%s given again", r->commands_given, r->commands_given > 1 ? "s" : "");
  printf(r->ended ? "\n" : "; the recording was cut, what is there was compared\n");
  if (recording_cut(r->recording) && !r->quiet) fprintf(stderr, "takt replay: %s: %s\n", r->path, recording_note(r->recording));
  return 0;
}

// ---- export -------------------------------------------------------------------------------------------------

static void csv_text(FILE *out, const char *text) {
  fputc('"', out);
  for (; *text; text++) {
    if (*text == '"') fputc('"', out);
    fputc(*text, out);
  }
  fputc('"', out);
}

static void export_message(FILE *out, const struct recording_message *m, struct frame_decoder *d, uint64_t *seen) {
  const struct frame_kpi *kpi;
  const struct frame_event *event;
  if (m->channel == CHANNEL_KPI) {
    int n = frame_kpi_read(d, &kpi);
    for (int i = 0; i < n; i++) {
      if (!(kpi[i].value - kpi[i].value == 0)) continue;        // has no meaning at this time
      fprintf(out, "%.9f,number,", ns_to_seconds(m->at));
      csv_text(out, kpi[i].path);
      fprintf(out, ",%.17g\n", kpi[i].value);
    }
    return;
  }
  static const char *const kinds[] = { "station", "robot", "command", "fault" };
  int n = frame_events_read(d, &event);
  uint64_t fresh = frame_events_total(d) - *seen;
  *seen = frame_events_total(d);
  for (int i = fresh < (uint64_t)n ? n - (int)fresh : 0; i < n; i++) {
    fprintf(out, "%.9f,event,%s", ns_to_seconds(event[i].at), event[i].kind < 4 ? kinds[event[i].kind] : "other");
    if (event[i].row >= 0) fprintf(out, ".%d", event[i].row);
    fputc(',', out);
    csv_text(out, event[i].text);
    fputc('\n', out);
  }
}

static bool same_file(const char *a, const char *b) {
  struct stat x, y;
  return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int export_csv(const char *path, const char *to) {
  struct error e = { 0 };
  if (to && same_file(path, to)) {
    fprintf(stderr, "takt replay: --out %s would write over the recording\n", to);
    return 2;
  }
  struct recording *r = recording_open(path, &e);
  if (!r) return say_error(&e);
  FILE *out = to ? fopen(to, "w") : stdout;
  struct frame_decoder *d = frame_decoder_create();
  if (!out || !d) {
    fprintf(stderr, "takt replay: %s: cannot be written\n", to ? to : "stdout");
    recording_close(r);
    frame_decoder_destroy(d);
    if (out && to) fclose(out);
    return 4;
  }
  fprintf(out, "time_s,what,name,value\n");
  struct recording_message m;
  uint64_t seen = 0;
  recording_rewind(r, 0, 1u << CHANNEL_KPI | 1u << CHANNEL_EVENTS);
  while (recording_next(r, &m, &e)) {
    if (recording_feed(&m, d, &e) != STATUS_OK) break;
    export_message(out, &m, d, &seen);
  }
  int code = e.status != STATUS_OK ? say_error(&e) : 0;
  if (recording_cut(r)) fprintf(stderr, "takt replay: %s: %s\n", path, recording_note(r));
  if (to && (ferror(out) | fclose(out))) {
    fprintf(stderr, "takt replay: %s: cannot be written\n", to);
    code = 4;
  }
  frame_decoder_destroy(d);
  recording_close(r);
  return code;
}

// ---- the command ----------------------------------------------------------------------------------------------

static const char examples[] =
  "  takt replay shift.takt                                    run it again and compare every second\n"
  "  takt replay export --csv shift.takt --out shift.csv       its events and numbers as a table\n";

static int command_export(const struct usage *u, const char *const *names, int count, const char *csv, const char *out, bool perfetto, bool foxglove) {
  if (perfetto) return usage_wrong(u, "export --perfetto is not built yet; --csv is");
  if (foxglove) return usage_wrong(u, "export --foxglove is not built yet; --csv is");
  if (!csv) return usage_wrong(u, "export wants --csv RECORDING");
  if (count > 1) return usage_wrong(u, "export --csv takes one recording, not '%s' too", names[1]);
  return export_csv(csv, out);
}

int command_replay(int argc, char **argv) {
  const char *csv = NULL, *out = NULL, *names[2];
  bool perfetto = false, foxglove = false, quiet = false;
  const struct option options[] = {
    { "csv", OPTION_TEXT, &csv, "RECORDING", "with export: events and numbers, one a line: time_s,what,name,value", 0, 0, NULL },
    { "out", OPTION_TEXT, &out, "FILE", "with export: where to (default: stdout)", 0, 0, NULL },
    { "perfetto", OPTION_FLAG, &perfetto, NULL, "not built yet", 0, 0, NULL },
    { "foxglove", OPTION_FLAG, &foxglove, NULL, "not built yet", 0, 0, NULL },
    { "q", OPTION_FLAG, &quiet, NULL, "say no more than the result", 0, 0, NULL },
  };
  const struct usage u = { "replay", "RECORDING | export --csv RECORDING [--out FILE]", examples,
                           "Runs the layout, seed and commands of a recording again and compares the digest of every simulated second.",
                           options, (int)(sizeof options / sizeof *options), 1, 2 };
  int count;
  switch (options_read(&u, argc, argv, names, &count)) {
    case OPTIONS_HELP: return 0;
    case OPTIONS_WRONG: return 2;
    case OPTIONS_RUN: break;
  }
  if (!strcmp(names[0], "export")) return command_export(&u, names, count, csv, out, perfetto, foxglove);
  if (count > 1) return usage_wrong(&u, "one recording at a time, not '%s' too", names[1]);
  if (csv || out || perfetto || foxglove) return usage_wrong(&u, "--csv and --out belong to `takt replay export`");
  interrupt_catch();
  struct replay r = { .path = names[0], .quiet = quiet };
  struct error e = { 0 };
  r.recording = recording_open(r.path, &e);
  if (!r.recording) return say_error(&e);
  int code = load(&r);
  if (code == 0) code = compare(&r);
  twin_destroy(r.twin);
  arena_finish(&r.commands);
  layout_finish(&r.layout);
  files_remove(&r.files);
  recording_close(r.recording);
  free(r.text);
  return code;
}
