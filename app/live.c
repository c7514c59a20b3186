// takt live: a layout at the pace of the clock, faster, slower or paused, served to viewers.
//
// One struct owns the loop and its handles. Callbacks of the server only fill its inbox; on_pace drains
// it at one place, moves the twin on to where the clock says, and sends what is due. When the machine is
// too slow for the speed that was asked, wall time is dropped, never simulated time.
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "app/workers.h"
#include "app/commands.h"
#include "app/happening.h"
#include "app/options.h"
#include "app/output.h"
#include "app/overrides.h"
#include "app/record.h"
#include "app/replication.h"
#include "stream/server.h"

#define PACE_MS        11
#define BUDGET_NS      12000000u    // of wall time in one call, so that commands are heard
#define KEYFRAME_NS    1000000000u  // of wall time
#define DELTA_NS       33333333u
#define SECOND_NS      1000000000u
#define SLICE_MIN      (NS_SECOND / 1000)
#define SLICE_MAX      (3600 * NS_SECOND)
#define SPEED_MAX      1e6

struct arguments {
  const char *listen, *token_file, *record, *length, *warmup;
  double  speed;
  int64_t seed;
  bool    seed_given, quiet, stop_at_end, paused;
  struct option_list set;
};

struct live {
  uv_loop_t              loop;
  uv_timer_t             pace;
  uv_signal_t            interrupt, terminate;
  struct server         *server;
  struct server_inbox    inbox;
  const struct arguments *arguments;
  struct layout         *layout;
  const struct layout   *told;      // that viewers know: `set` makes the twin's another one
  struct twin           *twin;
  struct frames          frames;
  struct frame_encoder  *encoder;
  struct record         *record;    // NULL: none
  struct bytes           bytes, shared;
  struct arena           commands;  // what happenings point to, for the whole run

  bool     paused, ended, interrupted, quit, marked;
  bool     changed;                 // the status is not what was sent
  double   speed;
  ns_t     slice;                   // simulated time in one go, adapted to the machine
  ns_t     end, warmup;
  uint64_t base_wall;               // ns, a pair of instants that belong together
  ns_t     base_now;
  uint64_t key_due, delta_due, second_due;
  uint64_t rate_wall;               // ns, where the achieved speed is measured from
  ns_t     rate_now;
  double   achieved, wall_s;
  enum twin_state state;
  char     message[256];
  bool     record_failed;           // and said
};

// ---- pacing -------------------------------------------------------------------------------------------

// From here on the clock and the twin go together again.
static void rebase(struct live *v, uint64_t wall) {
  v->base_wall = wall;
  v->base_now = twin_now(v->twin);
}

static void on_pace(uv_timer_t *timer);

// As often as the loop can while it runs as fast as it can, else three times a frame.
static void set_pace(struct live *v) { uv_timer_start(&v->pace, on_pace, 0, v->speed == 0 && !v->paused && !v->ended ? 1 : PACE_MS); }

static void say(struct live *v, const char *message) {
  snprintf(v->message, sizeof v->message, "%s", message);
  v->changed = true;
}

static void close_record(struct live *v, bool complete) {
  struct record *r = v->record;
  v->record = NULL;
  if (record_finish(r, complete, NULL) != STATUS_OK) v->record_failed = true;
}

static void conclude(struct live *v, const char *message) {
  v->ended = true;
  set_pace(v);
  v->key_due = v->second_due = 0;   // show the last picture and numbers now
  say(v, message);
  close_record(v, !v->interrupted && !v->quit);
}

// The twin stands at the end of its run, or somewhere it cannot go on from.
static void check_end(struct live *v) {
  if (v->ended) return;
  if (v->record && record_failed(v->record)) {
    close_record(v, false);         // the line runs on, only the file ends here
    say(v, "the recording stopped: it cannot be written any more");
  }
  char text[200];
  if (v->state != TWIN_RUNS) {
    snprintf(text, sizeof text, "ended: %s%.160s", v->state == TWIN_DEADLOCK ? "deadlock: " : v->state == TWIN_FAULT ? "fault: " : "", twin_why(v->twin));
    conclude(v, text);
  } else if (twin_now(v->twin) >= v->end) conclude(v, "ended: the time is over");
}

static void run_to(struct live *v, ns_t until) {
  if (!v->marked && until > v->warmup && twin_now(v->twin) < v->warmup) until = v->warmup;
  v->state = v->record ? record_advance(v->record, v->twin, until, NULL) : twin_run(v->twin, until);
  if (!v->marked && twin_now(v->twin) >= v->warmup) {
    frames_mark(&v->frames, v->twin);
    v->marked = true;
  }
}

// Move on to `target` in slices until the time for it is used up. True: got there.
static bool advance(struct live *v, ns_t target, uint64_t begun) {
  while (twin_now(v->twin) < target && !v->ended) {
    ns_t now = twin_now(v->twin), until = now + v->slice < target ? now + v->slice : target;
    uint64_t before = uv_hrtime();
    run_to(v, until);
    uint64_t took = uv_hrtime() - before;
    check_end(v);
    if (took > BUDGET_NS / 4 && v->slice > SLICE_MIN) v->slice /= 2;
    else if (took < BUDGET_NS / 16 && v->slice < SLICE_MAX) v->slice *= 2;
    if (uv_hrtime() - begun > BUDGET_NS) return twin_now(v->twin) >= target;
  }
  return true;
}

static void move_on(struct live *v) {
  uint64_t begun = uv_hrtime();
  if (v->ended || v->paused) return;
  if (v->speed == 0) {
    advance(v, v->end, begun);
    return;
  }
  double ahead = (double)(begun - v->base_wall) * v->speed;
  ns_t left = v->end - v->base_now, target = ahead >= (double)left ? v->end : v->base_now + (ns_t)ahead;
  if (!advance(v, target, begun)) rebase(v, uv_hrtime());       // too slow: drop wall time
}

// ---- commands -------------------------------------------------------------------------------------------

static void command_do(struct live *v, const struct frame_command *c) {
  struct faults f;
  struct happening h;
  size_t used = v->commands.used;
  faults_init(&f, "command", c->text, strlen(c->text));
  enum status s = happening_read(twin_layout(v->twin), c->text, strlen(c->text), &v->commands, &h, &f);
  if (v->ended) say(v, "the run has ended: nothing can happen any more");
  else if (s != STATUS_OK) {
    char text[240];
    snprintf(text, sizeof text, "not done: %.220s", f.count ? f.fault[0].text : status_text(s));
    arena_rewind(&v->commands, used);
    say(v, text);
  } else {
    ns_t at = twin_command(v->twin, &h, v->paused);
    if (at < 0) say(v, "not done: too many commands wait to take effect");
    else {
      if (v->record) record_command(v->record, v->twin, at, v->paused, c->text);
      if (v->paused) run_to(v, twin_now(v->twin));
      char text[200];
      snprintf(text, sizeof text, "takes effect at %.1f s: %.150s", (double)at * 1e-9, c->text);
      say(v, text);
    }
  }
  faults_finish(&f);
}

static void command_step(struct live *v) {
  if (v->ended) return;
  v->paused = true;
  v->state = v->record ? record_step(v->record, v->twin, v->end) : twin_step(v->twin, v->end);
  run_to(v, twin_now(v->twin));     // the warm-up may have ended just here
  check_end(v);
}

static void take_command(struct live *v, const struct frame_command *c) {
  v->changed = true;
  v->key_due = 0;                   // who commands wants to see it
  if (!strcmp(c->what, "pause")) v->paused = true;
  else if (!strcmp(c->what, "play")) v->paused = false;
  else if (!strcmp(c->what, "step")) command_step(v);
  else if (!strcmp(c->what, "speed")) v->speed = c->value;
  else if (!strcmp(c->what, "look")) looks_add(&v->frames.looks, (uint32_t)c->value);
  else if (!strcmp(c->what, "do")) command_do(v, c);
  else if (!strcmp(c->what, "quit")) v->quit = true;
  rebase(v, uv_hrtime());
  v->rate_wall = v->base_wall;
  v->rate_now = v->base_now;
  set_pace(v);
}

// ---- sending ----------------------------------------------------------------------------------------------

static void send_picture(struct live *v, bool key) {
  struct picture p;
  frames_picture(&v->frames, v->twin, &p);
  v->bytes.size = 0;
  enum status s = key ? STATUS_CONFLICT : frame_delta(v->encoder, &p, &v->bytes);
  if (s == STATUS_CONFLICT) {
    key = true;
    s = frame_keyframe(v->encoder, &p, &v->bytes);
  }
  if (s == STATUS_OK) server_send(v->server, &v->bytes, key);
}

static void send_events(struct live *v) {
  // with a recording the events went there first, and it passed them on
  if (!v->record) {
    while (frames_events(&v->frames, v->twin, &v->shared)) { }
    decisions_take(v->frames.decisions, &v->shared);
  }
  if (v->shared.size) server_send(v->server, &v->shared, false);
  v->shared.size = 0;
}

static void send_status(struct live *v) {
  struct frame_status s = { .now = twin_now(v->twin), .paused = v->paused, .ended = v->ended, .may_command = true, .speed_asked = v->speed,
                            .speed_achieved = v->achieved, .message = v->message };
  v->bytes.size = 0;
  if (frame_status_write(&s, &v->bytes) == STATUS_OK) server_send(v->server, &v->bytes, false);
  v->changed = false;
}

static void send_second(struct live *v, uint64_t wall) {
  ns_t now = twin_now(v->twin);
  if (v->paused || v->ended) v->achieved = 0;
  else if (wall > v->rate_wall) v->achieved = (double)(now - v->rate_now) / (double)(wall - v->rate_wall);
  v->rate_wall = wall;
  v->rate_now = now;
  v->bytes.size = 0;
  if (frames_kpi(&v->frames, v->twin, v->state == TWIN_PARTS, &v->bytes) == STATUS_OK && v->bytes.size) server_send(v->server, &v->bytes, false);
  v->changed = true;
}

// The plan of a line with orders comes behind each hello.
static void add_plan(struct live *v, struct bytes *hello) {
  const struct planned *p = &v->frames.planned;
  if (p->n) frame_planned_write(p->bar, p->n, hello);
}

// A `set` took effect: the same rows with other values, so everybody is greeted anew.
static void greet_again(struct live *v) {
  v->told = twin_layout(v->twin);
  v->bytes.size = 0;
  if (frames_hello(&v->frames, v->told, v->layout->run.seed, &v->bytes) != STATUS_OK) return;
  add_plan(v, &v->bytes);
  server_greeting(v->server, &v->bytes);
  server_send(v->server, &v->bytes, false);
  v->key_due = v->second_due = 0;
}

static void send_due(struct live *v) {
  uint64_t wall = uv_hrtime();
  if (v->told != twin_layout(v->twin)) greet_again(v);
  send_events(v);
  if (wall >= v->key_due) {
    send_picture(v, true);
    v->key_due = wall + KEYFRAME_NS;
    v->delta_due = wall + DELTA_NS;
  } else if (wall >= v->delta_due && !v->paused && !v->ended) {
    send_picture(v, false);
    v->delta_due = wall < v->delta_due + DELTA_NS ? v->delta_due + DELTA_NS : wall;
  }
  if (wall >= v->second_due) {
    send_second(v, wall);
    v->second_due = wall + SECOND_NS;
  }
  if (v->changed) send_status(v);
}

// ---- the loop -----------------------------------------------------------------------------------------------

static void stop(struct live *v) {
  uv_close((uv_handle_t *)&v->pace, NULL);
  uv_close((uv_handle_t *)&v->interrupt, NULL);
  uv_close((uv_handle_t *)&v->terminate, NULL);
  server_destroy(v->server);
}

static void on_pace(uv_timer_t *timer) {
  struct live *v = timer->data;
  server_drain(v->server, &v->inbox);
  for (int i = 0; i < v->inbox.count; i++) take_command(v, &v->inbox.command[i]);
  if (v->inbox.lost) say(v, "commands came faster than they could be taken: some were lost");
  if (!v->interrupted && !v->quit) move_on(v);
  bool over = v->interrupted || v->quit;
  if (over && !v->ended) conclude(v, v->quit ? "ended: a viewer said quit" : "ended: interrupted");
  send_due(v);
  if (over || (v->ended && v->arguments->stop_at_end)) stop(v);
}

static void on_signal(uv_signal_t *handle, int number) {
  struct live *v = handle->data;
  (void)number;
  if (v->interrupted) _Exit(130);   // asked twice
  v->interrupted = true;
}

// ---- results ------------------------------------------------------------------------------------------------

static int report(struct live *v, const char *path) {
  bool complete = v->state != TWIN_RUNS || twin_now(v->twin) >= v->end;
  double *rows[1] = { v->frames.row };
  struct estimate *estimate = calloc((size_t)v->frames.index.count + 1, sizeof *estimate);
  assert(estimate);
  twin_measure(v->twin, &v->frames.now);
  ns_t window = v->frames.now.now - v->frames.from.now;
  if (window > 0) result_fill(&v->frames.index, &v->frames.from, &v->frames.now, v->state == TWIN_PARTS, v->frames.row);
  struct outcome o = { .index = &v->frames.index, .layout_path = path, .seed = v->layout->run.seed, .fidelity = fidelity_name(v->layout->run.fidelity), .replications = 1, .rows = window > 0,
                       .row = rows, .estimate = estimate, .simulated_s = ns_to_seconds(window), .warmup_s = ns_to_seconds(v->frames.from.now), .wall_s = v->wall_s,
                       .events = twin_events(v->twin), .digest = twin_digest(v->twin), .layout_digest = v->layout->digest, .complete = complete };
  o.ended = v->state == TWIN_PARTS ? "parts" : v->state == TWIN_DEADLOCK ? "deadlock" : complete ? "time" : "interrupted";
  if (v->state == TWIN_DEADLOCK || v->state == TWIN_PARTS) o.ended_why = twin_why(v->twin);
  outcome_estimate(&o, estimate);
  outcome_print(&o, output_bold(), stdout);
  free(estimate);
  const char *broken = twin_validate(v->twin);
  if (broken) {
    fprintf(stderr, "takt live: internal fault: %s\n", broken);
    return 5;
  }
  if (v->record_failed) return 4;
  if (v->state == TWIN_DEADLOCK) {
    fprintf(stderr, "takt live: deadlock: %s\n", twin_why(v->twin));
    return 1;
  }
  if (v->state == TWIN_FAULT) {
    fprintf(stderr, "takt live: %s\n", twin_why(v->twin));
    return status_exit_code(STATUS_LIMIT);
  }
  return v->interrupted && !complete ? 130 : 0;
}

// ---- set-up -------------------------------------------------------------------------------------------------

static enum status prepare(struct live *v, struct error *e) {
  const struct layout *l = v->layout;
  if (frames_init(&v->frames, l, e) != STATUS_OK) return e->status;
  v->warmup = l->run.warmup;
  if (l->run.warmup_auto) {
    struct replication_plan p = { .layout = l, .index = &v->frames.index, .seed = l->run.seed, .length = l->run.length };
    if (replication_warmup(&p, &v->warmup, e) != STATUS_OK) return e->status;
  }
  struct twin_options o = twin_defaults();
  o.seed = l->run.seed;
  o.threads = cores();
  o.explain = decisions_explain(v->frames.decisions, NULL);
  o.bars = planned_bars(&v->frames.planned, NULL);
  v->end = o.horizon = v->warmup + l->run.length;
  v->slice = NS_SECOND / 10;
  v->twin = twin_create(l, &o, e);
  if (!v->twin) return e->status;
  v->encoder = frame_encoder_create();
  if (!v->encoder || !arena_init(&v->commands, (size_t)16 << 20)) return error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for a live run");
  if (!v->arguments->record) return STATUS_OK;
  v->record = record_create(v->arguments->record, &v->frames, o.seed, 1, v->warmup, l->run.length, e);
  if (!v->record) return e->status;
  record_share(v->record, &v->shared);
  return STATUS_OK;
}

static enum status serve(struct live *v, struct error *e) {
  struct server_options o = server_defaults();
  o.listen = v->arguments->listen;
  o.token_file = v->arguments->token_file;
  v->server = server_create(&v->loop, &o, e);
  if (!v->server) {
    uv_run(&v->loop, UV_RUN_DEFAULT);
    return e->status;
  }
  enum status s = frames_hello(&v->frames, v->layout, v->layout->run.seed, &v->bytes);
  if (s != STATUS_OK) {
    server_destroy(v->server);
    uv_run(&v->loop, UV_RUN_DEFAULT);
    return error_at(e, s, v->layout->file, 0, 0, "the plan of this layout is too large to be sent");
  }
  add_plan(v, &v->bytes);
  server_greeting(v->server, &v->bytes);
  v->told = v->layout;
  uv_timer_init(&v->loop, &v->pace);
  uv_signal_init(&v->loop, &v->interrupt);
  uv_signal_init(&v->loop, &v->terminate);
  v->pace.data = v->interrupt.data = v->terminate.data = v;
  uv_signal_start(&v->interrupt, on_signal, SIGINT);
  uv_signal_start(&v->terminate, on_signal, SIGTERM);
  rebase(v, uv_hrtime());
  v->rate_wall = v->base_wall;
  set_pace(v);
  return STATUS_OK;
}

static int run(struct live *v, const char *path) {
  struct error e = { 0 };
  enum status s = prepare(v, &e);
  if (s == STATUS_OK) s = serve(v, &e);
  if (s == STATUS_OK) {
    fprintf(stderr, "takt live: %s at %s; `takt view %s` shows it, Ctrl-C ends it\n", path, server_address(v->server), server_address(v->server));
    if (v->arguments->token_file) fprintf(stderr, "takt live: warning: other machines may watch this run; who has the token may command it\n");
    uint64_t begun = uv_hrtime();
    uv_run(&v->loop, UV_RUN_DEFAULT);
    v->wall_s = (double)(uv_hrtime() - begun) * 1e-9;
  } else if (v->record) {
    record_finish(v->record, false, NULL);
  }
  int code = s == STATUS_OK ? report(v, path) : output_error("live", &e);
  frames_finish(&v->frames);
  frame_encoder_destroy(v->encoder);
  bytes_finish(&v->bytes);
  bytes_finish(&v->shared);
  arena_finish(&v->commands);
  twin_destroy(v->twin);
  return code;
}

static const char examples[] =
  "  takt live layouts/cell-sorting.yaml                          and in another terminal: takt view 127.0.0.1:7077\n"
  "  takt live layouts/cell-sorting.yaml --speed 60 --listen /tmp/line\n"
  "  takt live layouts/cell-sorting.yaml --speed 0 --exit --record shift.takt\n"
  "  takt live layouts/cell-sorting.yaml --listen 0.0.0.0:7077 --token-file ~/.takt-token\n";

int command_live(int argc, char **argv) {
  struct arguments a = { .listen = "127.0.0.1:7077", .speed = 1 };
  const struct option options[] = {
    { "speed", OPTION_NUMBER, &a.speed, "X", "times real time; 0: as fast as it can", 0, SPEED_MAX, NULL },
    { "listen", OPTION_TEXT, &a.listen, "ADDRESS", "127.0.0.1:7077, [::1]:7077 or a socket path", 0, 0, NULL },
    { "token-file", OPTION_TEXT, &a.token_file, "FILE", "needed for any other address; mode 0600, at least 16 bytes", 0, 0, NULL },
    { "record", OPTION_TEXT, &a.record, "FILE", "keep the whole run for takt view and takt replay", 0, 0, NULL },
    { "for", OPTION_TEXT, &a.length, "T", "measured time after the warm-up: 8h, 90min, 200000", 0, 0, NULL },
    { "warmup", OPTION_TEXT, &a.warmup, "T", "time before it that is not measured, or auto (MSER-5)", 0, 0, NULL },
    { "seed", OPTION_INTEGER, &a.seed, "N", "of all random numbers", 0, 9e15, &a.seed_given },
    { "set", OPTION_LIST, &a.set, "PATH=VALUE", "change any value of the layout; may be repeated", 0, 0, NULL },
    { "paused", OPTION_FLAG, &a.paused, NULL, "begin paused at time 0", 0, 0, NULL },
    { "exit", OPTION_FLAG, &a.stop_at_end, NULL, "end when the run is over; else it is served until Ctrl-C", 0, 0, NULL },
    { "q", OPTION_FLAG, &a.quiet, NULL, "no warnings", 0, 0, NULL },
  };
  const struct usage u = { "live", "LAYOUT [options]", examples,
                           "Runs a layout at the pace of the clock and serves viewers. At the end, or at Ctrl-C, it prints what the line made.",
                           options, (int)(sizeof options / sizeof *options), 1, 1 };
  const char *path;
  int names;
  switch (options_read(&u, argc, argv, &path, &names)) {
    case OPTIONS_HELP: return 0;
    case OPTIONS_WRONG: return 2;
    case OPTIONS_RUN: break;
  }
  struct layout l = { 0 };
  struct overrides o = { 0 };
  int code = overrides_options(&o, &u, "set", &a.set);
  if (code == 0) code = overrides_length(&o, &u, a.length);
  if (code == 0) code = overrides_warmup(&o, &u, a.warmup);
  if (a.seed_given) overrides_integer(&o, "run.seed", a.seed);
  if (code == 0) code = overrides_read(&o, path, &l, a.quiet);
  if (code == 0) {
    struct live *v = calloc(1, sizeof *v);
    assert(v);
    v->arguments = &a;
    v->layout = &l;
    v->speed = a.speed;
    v->paused = a.paused;
    uv_loop_init(&v->loop);
    code = run(v, path);
    int left = uv_loop_close(&v->loop);
    assert(left == 0);
    (void)left;
    free(v);
  }
  layout_finish(&l);
  overrides_finish(&o);
  return code;
}
