#include "viewer/viewer.h"

#include <SDL.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "viewer/input.h"
#include "viewer/png.h"
#include "viewer/source.h"
#include "viewer/synthetic.h"
#include "viewer/y4m.h"

#define HISTORY_SPAN 3600.0         // s before the shown time that bars and rows are read from
#define VIDEO_RATE   30
#define VIDEO_LENGTH 60.0           // s; longer recordings are shown faster
#define LIVE_WAIT    30.0           // s for a picture of a live run without a window
#define TELL_WAIT    0.5            // s of it before anything is said

struct viewer_options viewer_defaults(void) {
  return (struct viewer_options){.frame_at = -1, .width = 1280, .height = 720, .scale = 1};
}

static enum status check(const struct viewer_options *o, struct error *e) {
  if (!o->address == !o->recording) return error_at(e, STATUS_USAGE, "", 0, 0, "the viewer needs an address or a recording");
  if (o->heat && heat_kind_of(o->heat) == HEAT_KINDS) return error_at(e, STATUS_USAGE, "", 0, 0, "there is no heat map '%.40s': density, waits or speed", o->heat);
  if (o->page && page_kind_of(o->page) == PAGES) return error_at(e, STATUS_USAGE, "", 0, 0, "there is no page '%.40s': now, body or why", o->page);
  if (!(o->scale >= 0.75 && o->scale <= 3)) return error_at(e, STATUS_USAGE, "", 0, 0, "scale is 0.75 to 3");
  if (o->width < 320 || o->height < 240 || o->width > 7680 || o->height > 4320)
    return error_at(e, STATUS_USAGE, "", 0, 0, "the size is 320x240 to 7680x4320");
  return STATUS_OK;
}

// What is shown of whoever is selected.
static void look_at(const struct room *r, struct source *s, struct show *w) {
  int row = r->selection.kind == SELECT_ROBOT ? r->selection.row : -1;
  w->decision = source_decision(s, row);
  source_look(s, row);
}

static double wall_clock(void) { return (double)SDL_GetPerformanceCounter() / (double)SDL_GetPerformanceFrequency(); }

static enum status greet(struct room *r, struct source *s, const struct show *w, struct error *e) {
  if (!source_greeted(s) || !w->hello) return STATUS_OK;
  return room_plan(r, w->hello, e) ? STATUS_OK : e->status;
}

// ---- without a window --------------------------------------------------------------------------------------

static enum status wait_live(struct source *s, struct room *r, double at, struct error *e) {
  double begin = wall_clock();
  struct show w = {0};
  bool told[2] = {false};           // of the wait for a run, for the time
  while (wall_clock() - begin < LIVE_WAIT) {
    source_step(s, wall_clock(), &r->history);
    w = source_show(s);
    enum status status = greet(r, s, &w, e);
    if (status != STATUS_OK) return status;
    // numbers come once a second: wait for the first of them too
    if (w.picture && (w.ended || ((double)w.picture->now * 1e-9 >= at && (w.kpis > 0 || wall_clock() - begin > 3)))) return STATUS_OK;
    if (!told[w.picture != NULL] && wall_clock() - begin > TELL_WAIT && !(w.picture && (double)w.picture->now * 1e-9 >= at)) {
      if (!w.picture) fprintf(stderr, "takt view: %s; waiting, %.0f s at most\n", w.message, LIVE_WAIT);
      else fprintf(stderr, "takt view: the run is at %.1f s; waiting for %.1f s, %.0f s at most\n", (double)w.picture->now * 1e-9, at, LIVE_WAIT);
      told[w.picture != NULL] = true;
    }
    SDL_Delay(10);
  }
  if (!w.picture) return error_at(e, STATUS_IO, "", 0, 0, "%s; that was %.0f s%s%s", w.message, LIVE_WAIT, w.hint[0] ? ". Start one: " : "", w.hint);
  return error_at(e, STATUS_IO, "", 0, 0, "the run came to %.1f s in %.0f s, not to %.1f s%s", (double)w.picture->now * 1e-9, LIVE_WAIT, at, w.paused ? ": it is paused" : "");
}

// what is selected, and from where it is seen
static enum status aim(const struct viewer_options *o, struct room *r, const struct show *w, struct error *e) {
  if (o->select && !room_select(r, w->picture, o->select)) return error_at(e, STATUS_USAGE, "", 0, 0, "there is no robot and no station '%.80s'", o->select);
  if (o->zoom <= 0 && !o->at_given) return STATUS_OK;
  r->fitted = false;
  r->camera.zoom = o->zoom > 0 ? o->zoom : 60;
  r->camera.x = r->plan.size[0] / 2;
  r->camera.y = r->plan.size[1] / 2;
  if (o->at_given) {
    r->camera.x = o->at[0];
    r->camera.y = o->at[1];
  } else if (r->selection.kind == SELECT_ROBOT) {
    r->camera.x = w->picture->robots.pos[r->selection.row][0];
    r->camera.y = w->picture->robots.pos[r->selection.row][1];
  } else if (r->selection.kind == SELECT_STATION) {
    r->camera.x = r->plan.stations[r->selection.row].at[0];
    r->camera.y = r->plan.stations[r->selection.row].at[1];
  }
  return STATUS_OK;
}

// A recording from `at` on, with what was before: first its plan, which clears what was seen, then the past.
static enum status begin_at(struct room *r, struct source *s, double at, struct error *e) {
  enum status status = source_seek(s, at, 0, &r->history, e);
  struct show w = source_show(s);
  if (status == STATUS_OK) status = greet(r, s, &w, e);
  return status == STATUS_OK ? source_seek(s, at, HISTORY_SPAN, &r->history, e) : status;
}

static enum status draw_picture(const struct viewer_options *o, struct room *r, struct source *s, struct error *e) {
  enum status status = source_is_recording(s) ? begin_at(r, s, o->frame_at, e) : wait_live(s, r, o->frame_at, e);
  if (status != STATUS_OK) return status;
  struct canvas c;
  if (!canvas_make(&c, o->width, o->height, (float)o->scale)) return error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for the picture");
  struct show w = source_show(s);
  if (!w.picture) {
    canvas_finish(&c);
    return error_at(e, STATUS_CORRUPT, o->recording ? o->recording : "", 0, 0, "there is no picture in it");
  }
  if (w.recording) w.paused = true;
  double drawn = (double)w.picture->now * 1e-9;
  if (drawn > o->frame_at + 1 || drawn < o->frame_at - 1) fprintf(stderr, "takt view: the picture is of %.1f s, the nearest there is to %.1f s\n", drawn, o->frame_at);
  status = aim(o, r, &w, e);
  look_at(r, s, &w);
  if (status == STATUS_OK && r->fitted) room_draw(r, &c, &w);
  else if (status == STATUS_OK) {
    // once for the panels, then from where it is asked to be seen
    room_draw(r, &c, &w);
    aim(o, r, &w, e);
    room_draw(r, &c, &w);
  }
  if (status != STATUS_OK) {
    canvas_finish(&c);
    return status;
  }
  status = png_write(o->frame_out, c.pixels, c.w, c.h, e);
  canvas_finish(&c);
  return status;
}

// shell words in single quotes
static bool quote(char *out, size_t size, const char *word) {
  size_t n = 0;
  if (size < 3) return false;
  out[n++] = '\'';
  for (; *word; word++) {
    const char *add = *word == '\'' ? "'\\''" : (char[]){*word, 0};
    size_t k = strlen(add);
    if (n + k + 2 > size) return false;
    memcpy(out + n, add, k);
    n += k;
  }
  out[n++] = '\'';
  out[n] = 0;
  return true;
}

// Where pictures go one by one: a file of our own for .y4m, else ffmpeg.
struct film { FILE *out; bool piped; };

static enum status film_begin(struct film *f, const struct viewer_options *o, struct error *e) {
  char name[2048], command[2400];
  size_t n = strlen(o->video_out);
  f->piped = n < 4 || strcmp(o->video_out + n - 4, ".y4m");
  if (!f->piped) {
    f->out = fopen(o->video_out, "wb");
    if (f->out && y4m_begin(f->out, o->width, o->height, VIDEO_RATE)) return STATUS_OK;
    return error_at(e, STATUS_IO, o->video_out, 0, 0, "cannot be written: %s", strerror(errno));
  }
  if (!quote(name, sizeof name, o->video_out)) return error_at(e, STATUS_USAGE, "", 0, 0, "the name of the video is too long");
  snprintf(command, sizeof command, "ffmpeg -v error -y -f rawvideo -pix_fmt bgra -s %dx%d -r %d -i - -pix_fmt yuv420p -vf 'pad=ceil(iw/2)*2:ceil(ih/2)*2' %s",
           o->width, o->height, VIDEO_RATE, name);
  f->out = popen(command, "w");
  return f->out ? STATUS_OK : error_at(e, STATUS_IO, "", 0, 0, "cannot start ffmpeg: %s", strerror(errno));
}

static enum status film_add(struct film *f, const struct canvas *c, const struct viewer_options *o, struct error *e) {
  if (!f->piped) return y4m_frame(f->out, c->pixels, c->w, c->h) ? STATUS_OK : error_at(e, STATUS_IO, o->video_out, 0, 0, "cannot be written: %s", strerror(errno));
  bool sent = fwrite(c->pixels, sizeof *c->pixels, (size_t)c->w * (size_t)c->h, f->out) == (size_t)c->w * (size_t)c->h;
  return sent ? STATUS_OK : error_at(e, STATUS_IO, "", 0, 0, "ffmpeg takes no more frames; is it installed? A name that ends in .y4m needs none");
}

static enum status film_end(struct film *f, const struct viewer_options *o, struct error *e) {
  if (!f->out) return STATUS_OK;
  if (!f->piped) return fclose(f->out) == 0 ? STATUS_OK : error_at(e, STATUS_IO, o->video_out, 0, 0, "cannot be written: %s", strerror(errno));
  return pclose(f->out) == 0 ? STATUS_OK : error_at(e, STATUS_IO, "", 0, 0, "ffmpeg failed; is it installed? A name that ends in .y4m needs none");
}

static enum status draw_video(const struct viewer_options *o, struct room *r, struct source *s, struct error *e) {
  if (!source_is_recording(s)) return error_at(e, STATUS_USAGE, "", 0, 0, "--video needs a recording or a layout");
  double from = o->frame_at < 0 ? 0 : o->frame_at;
  enum status status = begin_at(r, s, from, e);
  struct show w = source_show(s);
  struct canvas c;
  struct film film = {0};
  if (status != STATUS_OK) return status;
  if (!canvas_make(&c, o->width, o->height, (float)o->scale)) return error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for the picture");
  double length = w.end - from;
  source_speed(s, length > VIDEO_LENGTH * 1.01 ? length / VIDEO_LENGTH : 1);
  source_step(s, 0, &r->history);
  w = source_show(s);
  if (w.picture) {
    // once for the panels, then from where it is asked to be seen
    room_draw(r, &c, &w);
    status = aim(o, r, &w, e);
    r->follow = r->selection.kind == SELECT_ROBOT && o->zoom > 0 && !o->at_given;
  }
  if (status == STATUS_OK) status = film_begin(&film, o, e);
  for (int i = 1; status == STATUS_OK && !w.ended; i++) {
    look_at(r, s, &w);
    room_draw(r, &c, &w);
    status = film_add(&film, &c, o, e);
    source_step(s, (double)i / VIDEO_RATE, &r->history);
    w = source_show(s);
  }
  enum status ended = film_end(&film, o, status == STATUS_OK ? e : NULL);
  canvas_finish(&c);
  return status == STATUS_OK ? ended : status;
}

// ---- with a window -------------------------------------------------------------------------------------------

struct window {
  SDL_Window   *window;
  SDL_Renderer *renderer;
  SDL_Texture  *texture;
  struct canvas canvas;
  float         scale;              // UI scale asked for
};

static void close_window(struct window *w) {
  canvas_finish(&w->canvas);
  if (w->texture) SDL_DestroyTexture(w->texture);
  if (w->renderer) SDL_DestroyRenderer(w->renderer);
  if (w->window) SDL_DestroyWindow(w->window);
  SDL_Quit();
}

// SDL falls back to drivers that show nothing; without being asked for one of them that is no window
static bool has_display(void) {
  if (getenv("SDL_VIDEODRIVER")) return true;
  if (getenv("DISPLAY") || getenv("WAYLAND_DISPLAY")) return true;
  return access("/dev/dri/card0", R_OK | W_OK) == 0;
}

static enum status open_window(struct window *w, const struct viewer_options *o, struct error *e) {
  memset(w, 0, sizeof *w);
  w->scale = (float)o->scale;
  if (!has_display()) return error_at(e, STATUS_IO, "", 0, 0, "there is no display; --frame T --out x.png draws without one");
  if (SDL_Init(SDL_INIT_VIDEO) != 0)
    return error_at(e, STATUS_IO, "", 0, 0, "the display cannot be used (%s); --frame T --out x.png draws without one", SDL_GetError());
  w->window = SDL_CreateWindow("Takt", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED, o->width, o->height,
                               SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
  if (w->window) w->renderer = SDL_CreateRenderer(w->window, -1, SDL_RENDERER_PRESENTVSYNC);
  if (w->window && !w->renderer) w->renderer = SDL_CreateRenderer(w->window, -1, SDL_RENDERER_SOFTWARE);
  if (!w->renderer) return error_at(e, STATUS_IO, "", 0, 0, "no window: %s", SDL_GetError());
  SDL_SetWindowMinimumSize(w->window, 480, 320);
  return STATUS_OK;
}

// canvas and texture of the size the window has now; returns UI px in one window coordinate, 0 on failure
static float fit_window(struct window *w) {
  int pw = 0, ph = 0, ww = 0, wh = 0;
  SDL_GetRendererOutputSize(w->renderer, &pw, &ph);
  SDL_GetWindowSize(w->window, &ww, &wh);
  if (pw < 1 || ph < 1 || ww < 1) return 0;
  float density = (float)pw / (float)ww, scale = w->scale * density;
  if (w->canvas.w != pw || w->canvas.h != ph) {
    canvas_finish(&w->canvas);
    if (w->texture) SDL_DestroyTexture(w->texture);
    w->texture = SDL_CreateTexture(w->renderer, SDL_PIXELFORMAT_ARGB8888, SDL_TEXTUREACCESS_STREAMING, pw, ph);
    if (!w->texture || !canvas_make(&w->canvas, pw, ph, scale)) return 0;
  }
  w->canvas.scale = scale;
  return 1 / w->scale;
}

static void obey(struct wished w, struct room *r, struct source *s, struct window *win, const struct show *show) {
  struct error e;
  switch (w.what) {
    case WISH_PAUSE:
    case WISH_PLAY:
      if (show->recording && show->ended) source_seek(s, show->start, 0, &r->history, &e);
      else source_pause(s, w.what == WISH_PAUSE);
      break;
    case WISH_STEP: source_advance(s, &r->history); break;
    case WISH_SPEED: source_speed(s, w.value); break;
    case WISH_SEEK: source_seek(s, w.value, r->drag == ACT_SEEK ? 60 : 360, &r->history, &e); break;
    case WISH_SHOT: {
      char name[64], clock[24];
      room_clock(show->picture ? show->picture->now : 0, clock);
      for (char *p = clock; *p; p++)
        if (*p == ':' || *p == ' ') *p = '-';
      snprintf(name, sizeof name, "takt-%s.png", clock);
      if (png_write(name, win->canvas.pixels, win->canvas.w, win->canvas.h, &e) == STATUS_OK) fprintf(stderr, "wrote %s\n", name);
      else fprintf(stderr, "%s\n", e.text);
      break;
    }
    default: break;
  }
}

// What is on the screen, as far as it can change by itself: while it stays the same nothing is drawn anew.
struct seen { int64_t now; bool paused, connected, stale, ended; double speed, achieved; int kpis, events; };

static struct seen seen_of(const struct show *w) {
  return (struct seen){.now = w->picture ? w->picture->now : -1, .paused = w->paused, .connected = w->connected, .stale = w->stale,
                       .ended = w->ended, .speed = w->speed_asked, .achieved = w->speed_achieved, .kpis = w->kpis, .events = w->events};
}

static bool same_seen(const struct seen *a, const struct seen *b) {
  return a->now == b->now && a->paused == b->paused && a->connected == b->connected && a->stale == b->stale && a->ended == b->ended &&
         a->speed == b->speed && a->achieved == b->achieved && a->kpis == b->kpis && a->events == b->events;
}

// all that came in; returns whether anything did. Of several seeks only the last is worth its time.
static bool take_input(struct room *r, struct source *s, struct window *w, float ratio, const struct show *show, bool *quit) {
  SDL_Event event;
  struct wished seek = {WISH_NONE, 0};
  bool any = false;
  while (SDL_PollEvent(&event)) {
    struct wished wish = input_event(r, &event, ratio, show, &w->scale);
    any = true;
    if (wish.what == WISH_QUIT) *quit = true;
    else if (wish.what == WISH_SEEK) seek = wish;
    else obey(wish, r, s, w, show);
  }
  if (seek.what == WISH_SEEK) obey(seek, r, s, w, show);
  w->scale = w->scale < 0.75f ? 0.75f : w->scale > 3 ? 3 : w->scale;
  return any;
}

static void present(struct window *w) {
  SDL_UpdateTexture(w->texture, NULL, w->canvas.pixels, w->canvas.w * 4);
  SDL_RenderCopy(w->renderer, w->texture, NULL, NULL);
  SDL_RenderPresent(w->renderer);
}

static void name_window(struct window *w, const struct show *show) {
  char title[160];
  snprintf(title, sizeof title, "%.120s - Takt", show->hello->name && show->hello->name[0] ? show->hello->name : "line");
  SDL_SetWindowTitle(w->window, title);
}

static enum status run_window(const struct viewer_options *o, struct room *r, struct source *s, struct error *e) {
  struct window w;
  enum status status = open_window(&w, o, e);
  double begun = wall_clock(), last = begun, drawn = 0;
  bool aimed = false, named = false, told = source_is_recording(s);
  struct seen before = {.now = -2};
  if (status == STATUS_OK && source_is_recording(s)) status = begin_at(r, s, o->frame_at, e);
  for (bool quit = false; status == STATUS_OK && !quit;) {
    float ratio = fit_window(&w);
    double now = wall_clock();
    if (ratio <= 0) status = error_at(e, STATUS_IO, "", 0, 0, "the window cannot be drawn: %s", SDL_GetError());
    source_step(s, now, &r->history);
    struct show show = source_show(s);
    if (status == STATUS_OK) status = greet(r, s, &show, e);
    if (!told && (show.picture || now - begun > TELL_WAIT)) {
      if (!show.picture) fprintf(stderr, "takt view: %s; waiting until the window is closed\n", show.message);
      told = true;
    }
    if (status == STATUS_OK && r->planned && show.hello && !named) {
      name_window(&w, &show);
      named = true;
    }
    if (status == STATUS_OK && !aimed && show.picture && r->planned) {
      status = aim(o, r, &show, e);
      aimed = true;
    }
    bool any = take_input(r, s, &w, ratio, &show, &quit);
    if (status != STATUS_OK || quit) break;
    any |= input_step(r, now - last);
    last = now;
    show = source_show(s);
    struct seen seen = seen_of(&show);
    if (any || !same_seen(&seen, &before) || now - drawn > 0.5) {
      look_at(r, s, &show);
      room_draw(r, &w.canvas, &show);
      present(&w);
      before = seen;
      drawn = now;
    }
    // where the display does not pace us, 60 frames a second are enough
    double left = 1.0 / 60 - (wall_clock() - now);
    if (left > 0.001) SDL_Delay((Uint32)(left * 1000));
  }
  close_window(&w);
  return status;
}

enum status viewer_run(const struct viewer_options *o, struct error *e) {
  enum status status = check(o, e);
  if (status != STATUS_OK) return status;
  struct room *r = calloc(1, sizeof *r);
  if (!r) return error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for the viewer");
  struct source *s = NULL;
  if (!room_init(r, o->dark, e)) status = e ? e->status : STATUS_IO;
  else {
    r->page = o->page ? page_kind_of(o->page) : PAGE_NOW;
    r->actors.paths = o->paths;
    r->gantt_stations = o->stations;
    r->heat = o->heat ? heat_kind_of(o->heat) : HEAT_NONE;
    s = o->recording ? source_recording(o->recording, e) : source_live(o->address, o->token, e);
    status = !s ? e->status : o->frame_out ? draw_picture(o, r, s, e) : o->video_out ? draw_video(o, r, s, e) : run_window(o, r, s, e);
  }
  source_close(s);
  room_finish(r);
  free(r);
  return status;
}

// ---- benchmark -----------------------------------------------------------------------------------------------

// s of this thread's own: what others do on the machine does not count
static double processor_time(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double viewer_bench(int robots, int parts, int frames, struct error *e) {
  struct room *r = calloc(1, sizeof *r);
  struct synthetic *s = synthetic_create(robots, parts);
  struct canvas c;
  double ms = -1;
  if (!r || !s || !canvas_make(&c, 1280, 720, 1)) {
    error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for the viewer's benchmark");
    free(r);
    synthetic_destroy(s);
    return ms;
  }
  if (room_init(r, false, e) && room_plan(r, synthetic_hello(s), e)) {
    struct show w = {.hello = synthetic_hello(s), .connected = true, .may_command = true, .speed_asked = 1, .speed_achieved = 1};
    w.kpis = synthetic_kpi(s, &w.kpi);
    double spent = 0;
    // the first frame bakes sprites and the floor
    for (int i = 0; i <= frames; i++) {
      w.picture = synthetic_picture(s, i / 60.0);
      history_add(&r->history, w.picture);
      double begin = processor_time();
      room_draw(r, &c, &w);
      if (i) spent += processor_time() - begin;
    }
    ms = spent * 1000 / (frames > 0 ? frames : 1);
  }
  room_finish(r);
  free(r);
  synthetic_destroy(s);
  canvas_finish(&c);
  return ms;
}
