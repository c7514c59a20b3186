// The viewer: laws of the camera and of what lies between frames, the same pixels twice, keys and mouse, names that are readable.
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/maths.h"
#include "base/random.h"
#include "base/tree.h"
#include "viewer/history.h"
#include "viewer/gantt.h"
#include "viewer/input.h"
#include "viewer/page.h"
#include "viewer/room.h"
#include "viewer/snapshot.h"
#include "viewer/synthetic.h"
#include "viewer/viewer.h"
#include "viewer/y4m.h"

// ---- camera ------------------------------------------------------------------------------------------------

// the point under the cursor stays within a pixel at every step of the glide, over the whole range of zoom
static void test_zoom_keeps_the_point(void **state) {
  (void)state;
  struct view v = {208, 56, 804, 540};
  struct stream s = stream_make(1, 1, "viewer", "zoom", 0);
  struct camera c = {.x = 8, .y = 5, .zoom = 40};
  for (int i = 0; i < 2000; i++) {
    double px = v.x + stream_unit(&s) * (double)v.w, py = v.y + stream_unit(&s) * (double)v.h, x, y;
    camera_to_world(&c, &v, px, py, &x, &y);
    camera_zoom(&c, &v, px, py, stream_unit(&s) < 0.5 ? 1.2 : 1 / 1.2, stream_unit(&s) < 0.8);
    do {
      struct point p = camera_to_screen(&c, &v, x, y);
      CHECK_NEAR(p.x, px, 1);
      CHECK_NEAR(p.y, py, 1);
    } while (camera_step(&c, 0.016));
  }
}

static void test_fit_shows_all(void **state) {
  (void)state;
  struct view v = {208, 56, 804, 540};
  struct camera c = {0};
  const float margin[4] = {24, 50, 24, 44};
  camera_fit(&c, &v, 0, 0, 16, 10, margin, false);
  struct point a = camera_to_screen(&c, &v, 0, 10), b = camera_to_screen(&c, &v, 16, 0);
  assert_true(a.x >= v.x + 24 - 0.01f && a.y >= v.y + 50 - 0.01f);
  assert_true(b.x <= v.x + v.w - 24 + 0.01f && b.y <= v.y + v.h - 44 + 0.01f);
  // one of the two directions is filled
  assert_true(b.x - a.x > v.w - 48.1f || b.y - a.y > v.h - 94.1f);
}

// up at 14, 36, 96; down again only at 13, 33, 88
static void test_level_has_hysteresis(void **state) {
  (void)state;
  static const struct { float zoom; enum level up, down; } cases[] = {
    {12, LEVEL_DOT, LEVEL_DOT}, {13.5f, LEVEL_DOT, LEVEL_BODY}, {20, LEVEL_BODY, LEVEL_BODY}, {34, LEVEL_BODY, LEVEL_FIGURE},
    {60, LEVEL_FIGURE, LEVEL_FIGURE}, {90, LEVEL_FIGURE, LEVEL_FULL}, {200, LEVEL_FULL, LEVEL_FULL}};
  enum level up = LEVEL_DOT, down = LEVEL_FULL;
  int n = (int)(sizeof cases / sizeof *cases);
  for (int i = 0; i < n; i++) {
    up = level_next(up, cases[i].zoom);
    CHECK(up, ==, cases[i].up);
    down = level_next(down, cases[n - 1 - i].zoom);
    CHECK(down, ==, cases[n - 1 - i].down);
  }
}

// a foot on the ground moves back at the speed the body moves on, so it does not slide; it lands where it starts
static void test_planted_foot_stands(void **state) {
  (void)state;
  const float stride = 0.62f;
  float speed = 2 * stride / 0.6f;  // u in one cycle
  for (float p = 0; p < 0.58f; p += 0.01f) CHECK_NEAR(figure_foot(p, stride) + speed * p, stride, 1e-5);
  CHECK_NEAR(figure_foot(0.9999f, stride), figure_foot(0, stride), 1e-3);
  CHECK_NEAR(figure_foot(0.6f, stride), -stride, 1e-4);
}

// ---- between frames ------------------------------------------------------------------------------------------

static void test_angles_go_the_short_way(void **state) {
  (void)state;
  const float pi = (float)M_PI_D;
  CHECK_NEAR(angle_between(0.1f, 0.3f, 0.5f), 0.2, 1e-6);
  CHECK_NEAR(angle_between(pi - 0.1f, -pi + 0.1f, 0.5f), pi, 1e-5);
  CHECK_NEAR(angle_between(-3, 3, 0.25f), -3 - 0.25 * (2 * M_PI_D - 6), 1e-5);
  for (float a = -6; a < 6; a += 0.37f)
    for (float b = -6; b < 6; b += 0.41f) {
      float d = angle_between(a, b, 1) - a;
      assert_true(d <= pi + 1e-4f && d >= -pi - 1e-4f);
    }
}

static void test_between_frames(void **state) {
  (void)state;
  struct synthetic *s = synthetic_create(8, 150);
  struct snapshot a = {0}, b = {0}, m = {0};
  assert_true(snapshot_copy(&a, synthetic_picture(s, 10)));
  assert_true(snapshot_copy(&b, synthetic_picture(s, 10.1)));
  for (double k = 0; k <= 1; k += 0.25) {
    assert_true(snapshot_between(&m, &a, &b, k));
    CHECK_NEAR((double)m.p.now, 10e9 + k * 0.1e9, 10);
    for (int i = 0; i < 8; i++)
      CHECK_NEAR(m.p.robots.pos[i][0], a.p.robots.pos[i][0] + (b.p.robots.pos[i][0] - a.p.robots.pos[i][0]) * (float)k, 1e-5);
    for (int i = 0; i < m.p.robots.n; i++) assert_true(m.p.robots.phase[i] >= 0 && m.p.robots.phase[i] < 1);
  }
  // parts are found by id wherever they stand in the other picture
  struct picture turned = b.p;
  uint32_t id[150];
  float pos[150][2];
  for (int i = 0; i < 150; i++) {
    id[i] = b.p.parts.id[149 - i];
    memcpy(pos[i], b.p.parts.pos[149 - i], sizeof pos[i]);
  }
  turned.parts.id = id;
  turned.parts.pos = pos;
  struct snapshot t = {0}, n = {0};
  assert_true(snapshot_copy(&t, &turned));
  assert_true(snapshot_between(&m, &a, &b, 0.25));
  assert_true(snapshot_between(&n, &a, &t, 0.25));
  for (int i = 0; i < 150; i++) CHECK_NEAR(m.p.parts.pos[i][0], n.p.parts.pos[i][0], 1e-6);
  snapshot_finish(&a);
  snapshot_finish(&b);
  snapshot_finish(&m);
  snapshot_finish(&t);
  snapshot_finish(&n);
  synthetic_destroy(s);
}

// shares of the causes sum to 1, and are what was put in
static void test_history_shares(void **state) {
  (void)state;
  struct history h = {.last = -1};
  uint8_t cause[1] = {0};
  struct picture p = {.robots = {.n = 1, .cause = cause}};
  for (int k = 0; k <= 1000; k++) {
    p.now = k * INT64_C(100000000);
    cause[0] = k % 10 < 3 ? 0 : 1;
    history_add(&h, &p);
  }
  float share[CAUSES], sum = 0;
  assert_true(history_shares(&h, true, 0, 0, INT64_C(100000000000), share));
  for (int i = 0; i < CAUSES; i++) sum += share[i];
  CHECK_NEAR(sum, 1, 1e-4);
  CHECK_NEAR(share[CAUSE_WORK], 0.3, 1e-3);
  CHECK_NEAR(share[CAUSE_MOVE], 0.7, 1e-3);
  // a time before what was seen counts from where it was seen; time that goes back begins anew
  assert_true(history_shares(&h, true, 0, -INT64_C(100000000000), INT64_C(100000000000), share));
  CHECK_NEAR(share[CAUSE_WORK], 0.3, 1e-3);
  p.now = 5;
  history_add(&h, &p);
  CHECK(h.first, ==, 5);
  // the course of a number keeps its whole length, however long it gets
  for (int k = 0; k < 5000; k++) history_spark(&h, k * INT64_C(1000000000), k);
  CHECK(h.spark[0].at, ==, 0);
  assert_true(h.sparks <= HISTORY_SPARK);
  CHECK(h.spark[h.sparks - 1].at, ==, INT64_C(4999000000000));
  history_finish(&h);
}

// ---- pixels ----------------------------------------------------------------------------------------------------

struct picture_of { int robots, parts, w, h; float scale; bool dark; double zoom, at; struct selection selection; };

static uint64_t draw(const struct picture_of *o) {
  struct error e = {0};
  struct canvas c;
  struct room *r = calloc(1, sizeof *r);
  struct synthetic *s = synthetic_create(o->robots, o->parts);
  assert_non_null(r);
  assert_non_null(s);
  assert_true(canvas_make(&c, o->w, o->h, o->scale));
  if (!room_init(r, o->dark, &e)) fail_msg("%s", e.text);
  if (!room_plan(r, synthetic_hello(s), &e)) fail_msg("%s", e.text);
  struct show w = {.hello = synthetic_hello(s), .connected = true, .may_command = true, .speed_asked = 1, .picture = synthetic_picture(s, o->at)};
  w.kpis = synthetic_kpi(s, &w.kpi);
  r->selection = o->selection;
  room_draw(r, &c, &w);
  if (o->zoom > 0) {
    camera_zoom(&r->camera, &r->hall, r->hall.x + r->hall.w / 2, r->hall.y + r->hall.h / 2, o->zoom / r->camera.zoom, false);
    room_draw(r, &c, &w);
  }
  uint64_t d = digest_bytes(DIGEST_START, c.pixels, (size_t)c.w * (size_t)c.h * sizeof *c.pixels);
  // every pixel was painted
  for (int i = 0; i < c.w * c.h; i++)
    if (c.pixels[i] >> 24 != 255) fail_msg("pixel %d, %d was not painted", i % c.w, i / c.w);
  room_finish(r);
  free(r);
  synthetic_destroy(s);
  canvas_finish(&c);
  return d;
}

static void test_same_pixels_twice(void **state) {
  (void)state;
  static const struct picture_of cases[] = {
    {8, 150, 1280, 720, 1, false, 0, 23.3, {SELECT_ROBOT, 5}},   {8, 150, 1280, 720, 1, true, 60, 23.3, {SELECT_STATION, 8}},
    {8, 150, 900, 600, 1.25f, false, 160, 7, {SELECT_NONE, -1}}, {300, 900, 1920, 1080, 2, true, 8, 3, {SELECT_NONE, -1}},
    {0, 0, 640, 480, 0.75f, false, 0, 0, {SELECT_NONE, -1}}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_true(draw(&cases[i]) == draw(&cases[i]));
}

// coverage is area: a square of 2.5 x 2.5 px at a quarter pixel holds 6.25 px of ink, wherever it lies
static void test_coverage_is_area(void **state) {
  (void)state;
  struct stream s = stream_make(1, 1, "viewer", "cover", 0);
  for (int k = 0; k < 500; k++) {
    struct canvas c;
    assert_true(canvas_make(&c, 40, 40, 1));
    float x = 5 + 20 * (float)stream_unit(&s), y = 5 + 20 * (float)stream_unit(&s), w = 1 + 8 * (float)stream_unit(&s), h = 1 + 8 * (float)stream_unit(&s);
    float lean = 3 * (float)stream_unit(&s);
    struct point q[4] = {{x, y}, {x + w, y}, {x + w + lean, y + h}, {x + lean, y + h}};
    draw_polygon(&c, q, 4, ink(0xffffff));
    double sum = 0;
    for (int i = 0; i < 1600; i++) sum += (c.pixels[i] >> 24) / 255.0;
    CHECK_NEAR(sum, (double)(w * h), 0.02 * (double)(w * h) + 0.15);
    canvas_finish(&c);
  }
}

// a disc partly outside paints inside the clip only
static void test_clip_holds(void **state) {
  (void)state;
  struct canvas c;
  assert_true(canvas_make(&c, 50, 50, 1));
  struct clip old = canvas_clip(&c, 10, 10, 20, 20);
  draw_disc(&c, 12, 28, 30, ink(0xff0000));
  draw_rect(&c, -100, -100, 1000, 15 + 100, ink(0x00ff00));
  draw_line(&c, -1e7f, 20, 1e7f, 20, 3, ink(0x0000ff));
  canvas_unclip(&c, old);
  for (int i = 0; i < 2500; i++) {
    int x = i % 50, y = i / 50;
    if (x < 10 || y < 10 || x >= 30 || y >= 30) CHECK(c.pixels[i], ==, 0);
    else CHECK(c.pixels[i] >> 24, ==, 255);
  }
  canvas_finish(&c);
}

// ---- keys and mouse --------------------------------------------------------------------------------------------------

struct desk { struct room *room; struct synthetic *hall; struct canvas canvas; struct show show; float zoom; };

static void open_desk(struct desk *d, bool recording) {
  struct error e = {0};
  memset(d, 0, sizeof *d);
  d->room = calloc(1, sizeof *d->room);
  d->hall = synthetic_create(8, 150);
  d->zoom = 1;
  assert_true(canvas_make(&d->canvas, 1280, 720, 1));
  assert_true(room_init(d->room, false, &e));
  assert_true(room_plan(d->room, synthetic_hello(d->hall), &e));
  d->show = (struct show){.hello = synthetic_hello(d->hall), .picture = synthetic_picture(d->hall, 30), .connected = true, .may_command = true,
                          .recording = recording, .start = 0, .end = 100, .speed_asked = 1};
  room_draw(d->room, &d->canvas, &d->show);
}

static void close_desk(struct desk *d) {
  room_finish(d->room);
  free(d->room);
  synthetic_destroy(d->hall);
  canvas_finish(&d->canvas);
}

static struct wished mouse(struct desk *d, uint32_t type, float x, float y) {
  SDL_Event e = {.type = type};
  if (type == SDL_MOUSEMOTION) {
    e.motion.x = (int)x;
    e.motion.y = (int)y;
  } else if (type == SDL_MOUSEWHEEL) {
    e.wheel.mouseX = (int)x;
    e.wheel.mouseY = (int)y;
    e.wheel.y = 1;
    e.wheel.preciseY = 1;
  } else {
    e.button.button = SDL_BUTTON_LEFT;
    e.button.x = (int)x;
    e.button.y = (int)y;
  }
  return input_event(d->room, &e, 1, &d->show, &d->zoom);
}

static struct wished press_key(struct desk *d, SDL_Keycode k) {
  SDL_Event e = {.type = SDL_KEYDOWN};
  e.key.keysym.sym = k;
  return input_event(d->room, &e, 1, &d->show, &d->zoom);
}

static void test_click_selects_what_is_seen(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d, false);
  struct room *r = d.room;
  for (int i = 0; i < 8; i++) {
    struct point p = ground_point(&r->ground, d.show.picture->robots.pos[i][0], d.show.picture->robots.pos[i][1]);
    mouse(&d, SDL_MOUSEBUTTONDOWN, p.x, p.y);
    mouse(&d, SDL_MOUSEBUTTONUP, p.x, p.y);
    CHECK(r->selection.kind, ==, SELECT_ROBOT);
    CHECK(r->selection.row, ==, i);
  }
  // good, far from any robot at that time
  struct point p = ground_point(&r->ground, 22.5, 9);
  mouse(&d, SDL_MOUSEBUTTONDOWN, p.x, p.y);
  mouse(&d, SDL_MOUSEBUTTONUP, p.x, p.y);
  CHECK(r->selection.kind, ==, SELECT_STATION);
  assert_string_equal(r->plan.stations[r->selection.row].name, "scrap");
  press_key(&d, SDLK_ESCAPE);
  CHECK(r->selection.kind, ==, SELECT_NONE);
  close_desk(&d);
}

static void test_drag_takes_the_hall_along(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d, false);
  double x, y, u, v;
  camera_to_world(&d.room->camera, &d.room->hall, 600, 300, &x, &y);
  mouse(&d, SDL_MOUSEBUTTONDOWN, 600, 300);
  mouse(&d, SDL_MOUSEMOTION, 650, 280);
  mouse(&d, SDL_MOUSEMOTION, 700, 333);
  camera_to_world(&d.room->camera, &d.room->hall, 700, 333, &u, &v);
  CHECK_NEAR(u, x, 1e-9);
  CHECK_NEAR(v, y, 1e-9);
  mouse(&d, SDL_MOUSEBUTTONUP, 700, 333);
  CHECK(d.room->selection.kind, ==, SELECT_NONE);
  double zoom = d.room->camera.zoom;
  mouse(&d, SDL_MOUSEWHEEL, 500, 300);
  while (camera_step(&d.room->camera, 0.02)) continue;
  CHECK_NEAR(d.room->camera.zoom, zoom * 1.2, 1e-9);
  press_key(&d, SDLK_f);
  while (camera_step(&d.room->camera, 0.02)) continue;
  CHECK_NEAR(d.room->camera.zoom, zoom, 1e-9);
  close_desk(&d);
}

static void test_wishes(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d, true);
  CHECK(press_key(&d, SDLK_SPACE).what, ==, WISH_PAUSE);
  d.show.paused = true;
  CHECK(press_key(&d, SDLK_SPACE).what, ==, WISH_PLAY);
  CHECK(press_key(&d, SDLK_PERIOD).what, ==, WISH_STEP);
  CHECK_NEAR(press_key(&d, SDLK_PLUS).value, 2, 0);
  CHECK_NEAR(press_key(&d, SDLK_MINUS).value, 0.5, 0);
  CHECK_NEAR(press_key(&d, SDLK_RIGHT).value, 40, 1e-6);
  CHECK(press_key(&d, SDLK_q).what, ==, WISH_QUIT);
  // the scrub bar from its begin to its end
  for (int i = 0; i < d.room->hits; i++) {
    struct hit h = d.room->hit[i];
    if (h.action != ACT_SEEK) continue;
    CHECK_NEAR(mouse(&d, SDL_MOUSEBUTTONDOWN, h.box.x + 1, h.box.y + 8).value, 0, 0.3);
    CHECK_NEAR(mouse(&d, SDL_MOUSEMOTION, h.box.x + h.box.w / 2, 10).value, 50, 0.3);
    CHECK_NEAR(mouse(&d, SDL_MOUSEMOTION, 5000, 10).value, 100, 1e-6);
    mouse(&d, SDL_MOUSEBUTTONUP, 5000, 10);
  }
  // the speed slider and back
  for (float k = 0; k <= 1; k += 0.125f) {
    double v = room_speed_of(k);
    assert_true(v >= 0.1 - 1e-9 && v <= 1000 + 1e-6);
    CHECK_NEAR(room_speed_share(v), k, 0.08);
  }
  close_desk(&d);
}

// Every key that ? lists is in the documents by the same words for it.
static void test_keys_are_told(void **state) {
  (void)state;
  size_t size = 0;
  struct error e;
  char *text = file_read("docs/viewer.md", 1 << 20, &size, &e);
  const char *keys = text ? strstr(text, "## Keys") : NULL;
  assert_non_null(keys);
  char *end = strstr((char *)(uintptr_t)keys + 3, "\n## ");
  if (end) *end = 0;
  for (int i = 0; i < help_count(); i++) {
    char word[64];
    snprintf(word, sizeof word, "%s", help_key(i));
    char cell[80];
    snprintf(cell, sizeof cell, "| %s |", word);
    if (!strstr(keys, cell)) fail_msg("docs/viewer.md does not have the key '%s'", word);
  }
  free(text);

  // and each that changes the room does so
  struct desk d;
  open_desk(&d, false);
  press_key(&d, SDLK_p);
  CHECK(d.room->actors.paths, ==, true);
  press_key(&d, SDLK_h);
  CHECK(d.room->heat, ==, HEAT_DENSITY);
  CHECK(d.room->actors.paths, ==, false);
  press_key(&d, SDLK_3);
  CHECK(d.room->page, ==, PAGE_WHY);
  press_key(&d, SDLK_t);
  CHECK(d.room->dark, ==, true);
  press_key(&d, SDLK_TAB);
  CHECK(d.room->selection.kind, ==, SELECT_ROBOT);
  press_key(&d, SDLK_l);
  CHECK(d.room->follow, ==, true);
  press_key(&d, SDLK_F1);
  CHECK(d.room->help, ==, true);
  room_draw(d.room, &d.canvas, &d.show);
  press_key(&d, SDLK_ESCAPE);
  CHECK(d.room->help, ==, false);
  // the switch over the hall, by the mouse
  room_draw(d.room, &d.canvas, &d.show);
  for (int i = 0; i < d.room->hits; i++) {
    struct hit h = d.room->hit[i];
    if (h.action == ACT_MAP && h.value == MAP_PATHS) mouse(&d, SDL_MOUSEBUTTONDOWN, h.box.x + 5, h.box.y + 5);
  }
  CHECK(d.room->actors.paths, ==, true);
  close_desk(&d);
}

// Numbers at the ends of what the stream lets through: nothing overflows, and times that nobody lives to see are to the right.
static void test_extremes(void **state) {
  (void)state;
  struct desk d;
  struct frame_bar bar = {8, 0, INT32_MAX - 1, 1, INT64_MAX - 1, INT64_MAX};
  struct frame_decision why = {.at = INT64_MAX, .robot = 1, .policy = "x", .what = "  carry a from b to c", .count = 2, .others = INT32_MAX};
  struct axis a = {.x0 = 0, .x1 = 100, .now_x = 100, .from = -1000000000, .now = 0};
  CHECK(axis_place(&a, INT64_MAX) > 1e6f, ==, 1);
  CHECK_NEAR(axis_place(&a, -500000000), 50, 1e-4);
  open_desk(&d, false);
  history_add(&d.room->history, d.show.picture);
  press_key(&d, SDLK_TAB);
  d.room->page = PAGE_WHY;
  d.show.decision = &why;
  room_draw(d.room, &d.canvas, &d.show);
  d.show.bar = &bar;
  d.show.bars = 1;
  d.room->gantt_stations = true;
  room_draw(d.room, &d.canvas, &d.show);
  close_desk(&d);
}

// Words end, whatever spaces are in them, and take as many lines as they need.
static void test_words_end(void **state) {
  (void)state;
  static const struct { const char *text; int lines; } cases[] = {{"", 0}, {"   ", 0}, {"a", 1}, {"  a  b ", 1}, {" a                  ", 1},
    {"one line that is so long that it does not find room in a page of the inspector and goes on", 3}};
  struct desk d;
  open_desk(&d, false);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct page k = {d.room, &d.canvas, &d.show, 0, 200, 100};
    page_words(&k, 11, 0, cases[i].text);
    CHECK_NEAR((double)k.y, 100 + 15 * cases[i].lines, 1e-6);
  }
  close_desk(&d);
}

// What was sorted wrongly has a row of the page of the line, and of the station where it lay, once there is any.
static void test_wrong_parts_are_told(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d, false);
  struct frame_kpi kpi[] = {{"kpi.missorted", 0}, {"kpi.spoiled", 0}, {NULL, 0}};
  char path[80];
  snprintf(path, sizeof path, "stations.%s.missorted", d.room->plan.stations[1].name);
  kpi[2].path = path;
  d.show.kpi = kpi, d.show.kpis = 3;
  float height[2][3];               // of the page: of the line, of a station, of another one
  for (int wrong = 0; wrong < 2; wrong++) {
    for (int k = 0; k < 3; k++) kpi[k].value = wrong * (k + 1);
    for (int page = 0; page < 3; page++) {
      d.room->selection = (struct selection){page ? SELECT_STATION : SELECT_NONE, page == 1 ? 1 : 0};
      room_draw(d.room, &d.canvas, &d.show);
      height[wrong][page] = d.room->page_height;
    }
  }
  float row = height[1][1] - height[0][1];
  CHECK((double)row, >, 10.0);
  CHECK_NEAR((double)(height[1][0] - height[0][0]), 2 * (double)row, 1e-4);
  CHECK_NEAR((double)(height[1][2] - height[0][2]), 0, 1e-4);
  close_desk(&d);
}

// Another page, and the page of another robot, begin at their top; a wheel that turns sideways moves nothing.
static void test_pages_begin_at_their_top(void **state) {
  (void)state;
  struct desk d;
  open_desk(&d, false);
  press_key(&d, SDLK_TAB);
  for (int k = 0; k < 3; k++) {
    room_draw(d.room, &d.canvas, &d.show);
    d.room->page_scroll = 20;
    d.room->page_height = 5000;
    room_draw(d.room, &d.canvas, &d.show);
    if (k < 2) CHECK_NEAR((double)d.room->page_scroll, 20, 1e-6);
    press_key(&d, k ? SDLK_3 : SDLK_TAB);
    room_draw(d.room, &d.canvas, &d.show);
    CHECK_NEAR((double)d.room->page_scroll, 0, 1e-6);
    d.room->page = PAGE_NOW;
  }
  double zoom = d.room->camera.zoom;
  int row = d.room->gantt = 1;
  SDL_Event e = {.type = SDL_MOUSEWHEEL};
  e.wheel.x = 1;
  e.wheel.mouseX = (int)d.room->bottom.x + 400, e.wheel.mouseY = (int)d.room->bottom.y + 60;
  input_event(d.room, &e, 1, &d.show, &d.zoom);
  CHECK(d.room->gantt, ==, row);
  e.wheel.mouseX = 600, e.wheel.mouseY = 300;
  input_event(d.room, &e, 1, &d.show, &d.zoom);
  while (camera_step(&d.room->camera, 0.02)) continue;
  CHECK_NEAR(d.room->camera.zoom, zoom, 1e-12);
  close_desk(&d);
}

// Every name of a station in sight is in sight as a whole, keeps off all four outer walls, also where stations stand along them, and off other names.
static void test_names_are_readable(void **state) {
  (void)state;
  static const char plan[] =
    "{\"size\": [24, 10], \"stations\": [{\"name\": \"line-of-the-day-3\", \"kind\": \"sink\", \"at\": [23.1, 8], \"size\": [1, 1.4]}, "
    "{\"name\": \"line-of-the-day-2\", \"kind\": \"sink\", \"at\": [23.1, 6.5], \"size\": [1, 1.4]}, {\"name\": \"line-of-the-day-1\", \"kind\": \"sink\", \"at\": [23.1, 5], \"size\": [1, 1.4]}, "
    "{\"name\": \"store\", \"kind\": \"sink\", \"at\": [0.6, 5], \"size\": [1, 1.4]}, {\"name\": \"under-the-wall\", \"kind\": \"sink\", \"at\": [12, 9.25], \"size\": [1, 1.4]}, "
    "{\"name\": \"above-the-wall\", \"kind\": \"sink\", \"at\": [12, 0.75], \"size\": [1, 1.4], \"facing\": 1.5708}, {\"name\": \"over-the-wall\", \"kind\": \"sink\", \"at\": [9, 0.75], \"size\": [1, 1.4]}]}";
  struct desk d;
  struct error e = {0};
  open_desk(&d, false);
  struct frame_hello h = *d.show.hello;
  h.plan = plan;
  h.plan_size = strlen(plan);
  if (!room_plan(d.room, &h, &e)) fail_msg("%s", e.text);
  d.show.hello = &h;
  room_draw(d.room, &d.canvas, &d.show);
  const struct ground *g = &d.room->ground;
  struct point low = ground_point(g, 24, 0), high = ground_point(g, 0, 10);
  float box[7][4];
  for (int i = 0; i < 7; i++) {
    const struct ground_mark *m = &g->mark[i];
    const char *name = d.room->plan.stations[i].name;
    CHECK(m->named, ==, true);
    // capitals are 8 px, what hangs below the baseline 3
    float *b = box[i], w = text_width(d.room->look.type, &d.canvas, FACE_SEMIBOLD, 11, name);
    b[0] = m->name_x, b[1] = m->name_y - 8, b[2] = m->name_x + w, b[3] = m->name_y + 3;
    if (b[2] > low.x - 2 || b[0] < high.x + 2) fail_msg("%s is across a wall: %.0f to %.0f px", name, (double)b[0], (double)b[2]);
    if (b[3] > low.y - 2 || b[1] < high.y + 2) fail_msg("%s is across a wall: %.0f to %.0f px down, walls at %.0f and %.0f", name, (double)b[1], (double)b[3], (double)high.y, (double)low.y);
    for (int k = 0; k < i; k++)
      if (b[0] < box[k][2] && box[k][0] < b[2] && b[1] < box[k][3] && box[k][1] < b[3]) fail_msg("%s is across %s", name, d.room->plan.stations[k].name);
  }
  close_desk(&d);
}

// A frame of one colour has BT.601's brightness and differences, and the size that the head says.
static void test_film_has_the_colours(void **state) {
  (void)state;
  static const struct { uint32_t pixel; int y, u, v; } want[] = {{0xff000000, 0, 128, 128}, {0xffffffff, 255, 128, 128}, {0xff808080, 128, 128, 128}, {0xffff0000, 76, 85, 255}, {0xff0000ff, 29, 255, 107}};
  for (size_t k = 0; k < sizeof want / sizeof *want; k++) {
    uint32_t pixels[15];
    uint8_t bytes[256];
    FILE *f = tmpfile();
    assert_non_null(f);
    for (int i = 0; i < 15; i++) pixels[i] = want[k].pixel;
    assert_true(y4m_begin(f, 5, 3, 30) && y4m_frame(f, pixels, 5, 3));
    long all = ftell(f);
    rewind(f);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    CHECK((long)n, ==, all);
    // 4 x 2 is what is left of 5 x 3: 8 of brightness, 2 of each difference
    const uint8_t *at = memchr(bytes, '\n', n) + 1;
    static const char head[] = "YUV4MPEG2 W4 H2 F30:1 Ip A1:1 C420jpeg XCOLORRANGE=FULL\n";
    CHECK((size_t)(at - bytes), ==, sizeof head - 1);
    assert_memory_equal(bytes, head, sizeof head - 1);
    assert_memory_equal(at, "FRAME\n", 6);
    CHECK((long)(bytes + n - at), ==, 6 + 8 + 2 + 2);
    CHECK(at[6], ==, want[k].y);
    CHECK(abs(at[14] - want[k].u), <=, 1);
    CHECK(abs(at[16] - want[k].v), <=, 1);
  }
}

static void test_bench_draws(void **state) {
  (void)state;
  struct error e = {0};
  double ms = viewer_bench(50, 200, 3, &e);
  assert_true(ms > 0 && ms < 1000);
}

int test_viewer(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_click_selects_what_is_seen), cmocka_unit_test(test_drag_takes_the_hall_along), cmocka_unit_test(test_wishes),
    cmocka_unit_test(test_zoom_keeps_the_point),  cmocka_unit_test(test_fit_shows_all),        cmocka_unit_test(test_level_has_hysteresis),
    cmocka_unit_test(test_planted_foot_stands),   cmocka_unit_test(test_angles_go_the_short_way), cmocka_unit_test(test_between_frames),
    cmocka_unit_test(test_history_shares),        cmocka_unit_test(test_same_pixels_twice),    cmocka_unit_test(test_coverage_is_area),
    cmocka_unit_test(test_clip_holds),            cmocka_unit_test(test_bench_draws),          cmocka_unit_test(test_film_has_the_colours),
    cmocka_unit_test(test_keys_are_told),         cmocka_unit_test(test_extremes),             cmocka_unit_test(test_words_end),
    cmocka_unit_test(test_names_are_readable),    cmocka_unit_test(test_pages_begin_at_their_top), cmocka_unit_test(test_wrong_parts_are_told)};
  return cmocka_run_group_tests_name("viewer", tests, NULL, NULL);
}
