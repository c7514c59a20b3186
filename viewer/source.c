#include "viewer/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stream/client.h"
#include "stream/recording.h"

#define INTERVAL_MAX 0.25           // s of wall time that motion between two live frames may take
#define STEP         100000000      // ns, a step of a recording
#define EVENTS_BACK  INT64_C(3600000000000)   // ns before the shown time that events are read from
#define WALK_MAX     200000         // frames read for the history of one seek

static const unsigned all_channels = 1u << CHANNEL_FRAMES | 1u << CHANNEL_EVENTS | 1u << CHANNEL_KPI | 1u << CHANNEL_DECISIONS;

struct source {
  struct client    *client;         // live
  struct recording *recording;
  struct frame_decoder *decoder;    // of the recording, owned
  char              address[300];
  struct snapshot   before, after, shown;
  bool              some, greeted;
  uint32_t          looked;         // robot that the run was told to tell more of
  struct show       show;
  char              message[700], hint[400];
  // live
  double            arrived, interval;                          // s of wall time
  // recording
  bool              paused, ended;
  double            speed, wall;
  int64_t           now;            // ns
};

static struct frame_decoder *decoder_of(struct source *s) { return s->client ? client_decoder(s->client) : s->decoder; }

struct source *source_live(const char *address, const char *token, struct error *e) {
  struct source *s = calloc(1, sizeof *s);
  if (!s) {
    error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for the viewer");
    return NULL;
  }
  s->client = client_create(address, token, e);
  if (!s->client) {
    free(s);
    return NULL;
  }
  snprintf(s->address, sizeof s->address, "%s", address);
  s->interval = 0.1;
  return s;
}

struct source *source_recording(const char *path, struct error *e) {
  struct source *s = calloc(1, sizeof *s);
  if (!s) {
    error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for the viewer");
    return NULL;
  }
  s->recording = recording_open(path, e);
  if (!s->recording) {
    free(s);
    return NULL;
  }
  s->speed = 1;
  s->wall = -1;
  s->now = recording_start(s->recording);
  return s;
}

void source_close(struct source *s) {
  if (!s) return;
  client_destroy(s->client);
  frame_decoder_destroy(s->decoder);
  if (s->recording) recording_close(s->recording);
  snapshot_finish(&s->before);
  snapshot_finish(&s->after);
  snapshot_finish(&s->shown);
  free(s);
}

bool source_is_recording(const struct source *s) { return s->recording != NULL; }

bool source_greeted(struct source *s) {
  bool was = s->greeted;
  s->greeted = false;
  return was;
}

// the decoder's picture becomes the newer of the two
static void take_picture(struct source *s) {
  const struct picture *p = frame_picture(decoder_of(s));
  if (!p) return;
  if (s->some && p->now == s->after.p.now) return;
  struct snapshot old = s->before;
  s->before = s->after;
  s->after = old;
  if (!snapshot_copy(&s->after, p)) return;
  // of the first picture, and when time went back, both are the same
  if (!s->some || s->before.p.now > s->after.p.now) snapshot_copy(&s->before, p);
  s->some = true;
}

// ---- live ------------------------------------------------------------------------------------------------

static void step_live(struct source *s, double wall, struct history *h) {
  const struct frame_hello *had = frame_hello_read(client_decoder(s->client));
  const void *plan = had ? had->plan : NULL;
  uint64_t seed = had ? had->seed : 0;
  int came = client_poll(s->client);
  const struct frame_hello *hello = frame_hello_read(client_decoder(s->client));
  if (hello && (!had || hello->plan != plan || hello->seed != seed)) {
    s->greeted = true;
    s->looked = 0;
    s->some = false;
  }
  if (came > 0) {
    int64_t last = s->after.p.now;
    bool had_some = s->some;
    take_picture(s);
    if (!had_some || s->after.p.now != last) {
      double gap = wall - s->arrived;
      if (had_some && gap < INTERVAL_MAX) s->interval += (gap - s->interval) * 0.2;
      if (s->interval < 0.008) s->interval = 0.008;
      s->arrived = wall;
      if (s->some) history_add(h, &s->after.p);
    }
  }
  s->wall = wall;
}

static void send_command(struct source *s, const char *what, double value) {
  struct frame_command c = {.value = value};
  snprintf(c.what, sizeof c.what, "%s", what);
  client_send(s->client, &c);
}

static void show_live(struct source *s) {
  struct frame_decoder *d = client_decoder(s->client);
  const struct frame_status *status = frame_status_read(d);
  struct show *w = &s->show;
  enum client_state state = client_state(s->client);
  w->connected = state == CLIENT_LIVE;
  w->ended = state == CLIENT_CLOSED || (status && status->ended);
  w->paused = status && status->paused;
  w->notice = status && status->message ? status->message : "";
  w->may_command = status && status->may_command && w->connected;
  w->speed_asked = status ? status->speed_asked : 1;
  w->speed_achieved = status ? status->speed_achieved : 0;
  if (s->some) {
    double k = (s->wall - s->arrived) / s->interval;
    bool waits = !w->paused && !w->ended;
    w->stale = waits && (k > 2 + 0.5 / s->interval || !w->connected);
    if (k > (waits ? 2 : 1)) k = waits ? 2 : 1;
    if (k < 0) k = 0;
    // beyond the last picture only as far as one frame, and only while the run goes on
    if (w->stale) k = 1;
    snapshot_between(&s->shown, &s->before, &s->after, k);
  }
  snprintf(s->message, sizeof s->message, "%s", client_message(s->client));
  // whom somebody turned away is told why; where nobody is, how to start one
  if (!s->some && client_nobody(s->client)) {
    snprintf(s->message, sizeof s->message, "No run at %s yet", s->address);
    snprintf(s->hint, sizeof s->hint, "takt live layouts/cell-sorting.yaml --listen %s", s->address);
  } else {
    s->hint[0] = 0;
  }
}

// ---- recording ---------------------------------------------------------------------------------------------

// the next picture after the newer one; false at the end
static bool read_on(struct source *s, struct history *h) {
  struct recording_message m;
  struct error e;
  while (recording_next(s->recording, &m, &e)) {
    if (recording_feed(&m, s->decoder, &e) != STATUS_OK || m.channel != CHANNEL_FRAMES) continue;
    const struct picture *p = frame_picture(s->decoder);
    if (!p || p->now <= s->after.p.now) continue;
    take_picture(s);
    if (h) history_add(h, &s->after.p);
    return true;
  }
  if (e.status == STATUS_OK) return false;
  snprintf(s->message, sizeof s->message, "%s", e.text);
  return false;
}

// newest events and decisions before a time, for a decoder that has jumped there
static void read_events(struct source *s, int64_t at, int64_t back) {
  struct recording_message m;
  struct error e;
  recording_rewind(s->recording, at > back ? at - back : 0, 1u << CHANNEL_EVENTS | 1u << CHANNEL_DECISIONS);
  while (recording_next(s->recording, &m, &e) && m.at <= at) recording_feed(&m, s->decoder, &e);
}

static void read_history(struct source *s, int64_t from, int64_t to, struct history *h) {
  struct recording_message m;
  struct error e;
  struct frame_decoder *d = frame_decoder_create();
  if (!d) return;
  if (recording_seek(s->recording, from, d, &e) == STATUS_OK) {
    recording_rewind(s->recording, from, 1u << CHANNEL_FRAMES | 1u << CHANNEL_KPI);
    for (int n = 0; n < WALK_MAX && recording_next(s->recording, &m, &e) && m.at <= to; n++) {
      if (recording_feed(&m, d, &e) != STATUS_OK) continue;
      const struct picture *p = frame_picture(d);
      if (p && m.channel == CHANNEL_FRAMES && p->now > h->last) history_add(h, p);
      const struct frame_kpi *kpi;
      struct show w = {.kpi = NULL};
      double v;
      if (m.channel != CHANNEL_KPI) continue;
      w.kpis = frame_kpi_read(d, &kpi);
      w.kpi = kpi;
      if (room_kpi(&w, "throughput_per_h", &v)) history_spark(h, m.at, v);
    }
  }
  frame_decoder_destroy(d);
}

enum status source_seek(struct source *s, double seconds, double span, struct history *h, struct error *e) {
  if (!s->recording) return STATUS_OK;
  int64_t start = recording_start(s->recording), end = recording_end(s->recording);
  int64_t at = seconds * 1e9 > (double)end ? end : (int64_t)(seconds * 1e9);
  if (at < start) at = start;
  history_clear(h);
  // a fresh decoder: events of another time do not mix in
  struct frame_decoder *d = frame_decoder_create();
  if (!d) return error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for the viewer");
  enum status status = recording_seek(s->recording, at, d, e);
  if (status != STATUS_OK) {
    frame_decoder_destroy(d);
    return status;
  }
  bool first = !s->decoder;
  frame_decoder_destroy(s->decoder);
  s->decoder = d;
  s->greeted = s->greeted || first;
  s->some = false;
  s->ended = false;
  s->now = at;
  take_picture(s);
  if (span > 0) {
    int64_t from = at - (int64_t)(span * 1e9);
    read_history(s, from < start ? start : from, at, h);
    read_events(s, at, span < 300 ? from < at ? at - from : 0 : EVENTS_BACK);
  }
  recording_rewind(s->recording, at, all_channels);
  if (s->some && s->after.p.now < at) read_on(s, h);
  return STATUS_OK;
}

static void play(struct source *s, int64_t by, struct history *h) {
  int64_t end = recording_end(s->recording);
  s->now += by;
  if (s->now >= end) {
    s->now = end;
    s->ended = true;
  }
  while (s->some && s->after.p.now < s->now && read_on(s, h)) continue;
}

static void step_recording(struct source *s, double wall, struct history *h) {
  double dt = s->wall < 0 ? 0 : wall - s->wall;
  s->wall = wall;
  if (dt > 0.5) dt = 0.5;           // the window was held: go on from here
  if (!s->paused && !s->ended && dt > 0) play(s, (int64_t)(dt * s->speed * 1e9), h);
}

static void show_recording(struct source *s) {
  struct show *w = &s->show;
  w->recording = true;
  w->connected = true;
  w->paused = s->paused || s->ended;
  w->ended = s->ended;
  w->may_command = true;
  w->cut = recording_cut(s->recording);
  w->start = (double)recording_start(s->recording) * 1e-9;
  w->end = (double)recording_end(s->recording) * 1e-9;
  w->speed_asked = s->speed;
  w->speed_achieved = w->paused ? 0 : s->speed;
  if (!s->some) return;
  int64_t a = s->before.p.now, b = s->after.p.now;
  double k = b > a ? (double)(s->now - a) / (double)(b - a) : 1;
  snapshot_between(&s->shown, &s->before, &s->after, k < 0 ? 0 : k > 1 ? 1 : k);
}

// ---- both --------------------------------------------------------------------------------------------------

void source_step(struct source *s, double wall, struct history *h) {
  if (s->client) step_live(s, wall, h);
  else step_recording(s, wall, h);
}

struct show source_show(struct source *s) {
  s->show = (struct show){.notice = ""};
  if (s->client) show_live(s);
  else show_recording(s);
  struct frame_decoder *d = decoder_of(s);
  struct show *w = &s->show;
  w->message = s->message;
  w->hint = s->hint;
  if (!d) return *w;
  w->hello = frame_hello_read(d);
  if (s->some) w->picture = &s->shown.p;
  w->kpis = frame_kpi_read(d, &w->kpi);
  w->events = frame_events_read(d, &w->event);
  w->bars = frame_planned_read(d, &w->bar);
  return *w;
}

const struct frame_decision *source_decision(struct source *s, int row) {
  struct frame_decoder *d = decoder_of(s);
  if (!d || !s->some || row < 0 || row >= s->shown.p.robots.n) return NULL;
  return frame_decision_read(d, s->shown.p.robots.id[row]);
}

void source_look(struct source *s, int row) {
  uint32_t id = s->some && row >= 0 && row < s->shown.p.robots.n ? s->shown.p.robots.id[row] : 0;
  if (!s->client || id == 0 || id == s->looked || !s->show.may_command) return;
  s->looked = id;
  send_command(s, "look", (double)id);
}

void source_pause(struct source *s, bool paused) {
  if (s->client) send_command(s, paused ? "pause" : "play", 0);
  else s->paused = paused;
}

void source_advance(struct source *s, struct history *h) {
  if (s->client) {
    send_command(s, "step", 0);
    return;
  }
  s->paused = true;
  play(s, STEP, h);
}

void source_speed(struct source *s, double speed) {
  if (s->client) send_command(s, "speed", speed);
  else s->speed = speed < 0.1 ? 0.1 : speed > 1000 ? 1000 : speed;
}
