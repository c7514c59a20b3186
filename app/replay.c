// takt replay: runs what a recording holds again and compares the digest of every second.
//
// A run is layout + seed + command log, so a recording is its own proof: same inputs, same bits. Messages
// are taken in the order they were written; a command comes when it came, a digest is compared where it was
// taken. `takt replay export` writes it in the formats of other programs instead (app/export.h).
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/workers.h"
#include "app/commands.h"
#include "app/export.h"
#include "app/files.h"
#include "app/happening.h"
#include "app/interrupt.h"
#include "app/options.h"
#include "app/output.h"
#include "engine/sim/twin.h"
#include "engine/world/library.h"
#include "stream/log.h"
#include "stream/recording.h"

struct replay {
  const char       *path;
  const char       *policy;         // library that the user names, NULL: none
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

// ---- what the recording says ----------------------------------------------------------------------------

static int load(struct replay *r) {
  struct recording_message m;
  struct error e;
  struct span text;
  recording_rewind(r->recording, 0, 1u << CHANNEL_LAYOUT);
  if (!recording_next(r->recording, &m, &e)) return e.status != STATUS_OK ? output_error("replay", &e) : say(r, STATUS_CORRUPT, "it ends before the layout of the run");
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
  if (files_unpack(r->recording, &r->files, &e) != STATUS_OK) return output_error("replay", &e);
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
  if (r->layout.policy == POLICY_LIBRARY && !r->policy) {
    fprintf(stderr, "takt replay: %s: its jobs were given by the library %.300s; a recording never loads code: when you trust that file, name it with --policy\n", r->path, r->layout.policy_file);
    return 3;
  }
  if (r->policy) {
    if (r->layout.policy != POLICY_LIBRARY) {
      fprintf(stderr, "takt replay: %s: --policy is for recordings whose jobs were given by a library; this one's were not\n", r->path);
      return 2;
    }
    if (!(o.policy = library_open(r->policy, NULL, &e))) return output_error("replay", &e);
  }
  o.stranger = true;
  o.seed = info->seed;
  o.threads = cores();
  o.assets = r->files.folder[0] ? r->files.folder : NULL;
  o.replication = info->replication;
  o.horizon = r->limit;
  r->twin = twin_create(&r->layout, &o, &e);
  if (!r->twin) return output_error("replay", &e);
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
    return output_error("replay", &e);
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

// ---- the command ----------------------------------------------------------------------------------------------

static const char examples[] =
  "  takt replay shift.takt                                    run it again and compare every second\n"
  "  takt replay shift.takt --policy ./mine.so                 one whose jobs were given by a library of your own\n"
  "  takt replay export --csv shift.takt --out shift.csv       its events and numbers as a table\n"
  "  takt replay export --perfetto shift.takt --out shift.json what every second of every robot was spent on, in ui.perfetto.dev\n"
  "  takt replay export --foxglove shift.takt --out shift.mcap the hall with its robots, numbers and events, in Foxglove\n";

// export: one format, one recording.
static int command_export(const struct usage *u, const char *const *names, int count, const char *const recording[3], const char *out) {
  static const char *const formats[] = {"csv", "perfetto", "foxglove"};
  int chosen = -1;
  for (int k = 0; k < 3; k++) {
    if (!recording[k]) continue;
    if (chosen >= 0) return usage_wrong(u, "export takes one format, not --%s and --%s", formats[chosen], formats[k]);
    chosen = k;
  }
  if (chosen < 0) return usage_wrong(u, "export wants --csv, --perfetto or --foxglove RECORDING");
  if (count > 1) return usage_wrong(u, "export --%s takes one recording, not '%s' too", formats[chosen], names[1]);
  if (chosen == EXPORT_FOXGLOVE && !out) return usage_wrong(u, "export --foxglove writes bytes: say --out FILE.mcap");
  return export_recording(recording[chosen], (enum export_format)chosen, out);
}

int command_replay(int argc, char **argv) {
  const char *formats[3] = { NULL, NULL, NULL }, *out = NULL, *policy = NULL, *names[2];
  bool quiet = false;
  const struct option options[] = {
    { "csv", OPTION_TEXT, &formats[EXPORT_CSV], "RECORDING", "with export: events and numbers, one a line: time_s,what,name,value", 0, 0, NULL },
    { "out", OPTION_TEXT, &out, "FILE", "with export: where to (default: stdout)", 0, 0, NULL },
    { "perfetto", OPTION_TEXT, &formats[EXPORT_PERFETTO], "RECORDING", "with export: a track for each robot and station, for ui.perfetto.dev", 0, 0, NULL },
    { "foxglove", OPTION_TEXT, &formats[EXPORT_FOXGLOVE], "RECORDING", "with export: an MCAP file with a scene, numbers and events, for Foxglove", 0, 0, NULL },
    { "policy", OPTION_TEXT, &policy, "FILE.so", "the library that gave out the jobs, where one did: a recording never loads code by itself", 0, 0, NULL },
    { "q", OPTION_FLAG, &quiet, NULL, "say no more than the result", 0, 0, NULL },
  };
  const struct usage u = { "replay", "RECORDING [--policy FILE.so] | export --csv|--perfetto|--foxglove RECORDING [--out FILE]", examples,
                           "Runs the layout, seed and commands of a recording again and compares the digest of every simulated second.",
                           options, (int)(sizeof options / sizeof *options), 1, 2 };
  int count;
  switch (options_read(&u, argc, argv, names, &count)) {
    case OPTIONS_HELP: return 0;
    case OPTIONS_WRONG: return 2;
    case OPTIONS_RUN: break;
  }
  if (!strcmp(names[0], "export") && policy) return usage_wrong(&u, "export reads what is recorded and runs nothing: no --policy");
  if (!strcmp(names[0], "export")) return command_export(&u, names, count, formats, out);
  if (count > 1) return usage_wrong(&u, "one recording at a time, not '%s' too", names[1]);
  if (formats[0] || formats[1] || formats[2] || out) return usage_wrong(&u, "--csv, --perfetto, --foxglove and --out belong to `takt replay export`");
  interrupt_catch();
  struct replay r = { .path = names[0], .policy = policy, .quiet = quiet };
  struct error e = { 0 };
  r.recording = recording_open(r.path, &e);
  if (!r.recording) return output_error("replay", &e);
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
