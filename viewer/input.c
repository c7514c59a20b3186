#include "viewer/input.h"

#include <SDL_keyboard.h>

#define ZOOM_STEP 1.2               // of one notch of the wheel
#define PAN_SPEED 700.0             // px/s of held keys

static const struct wished nothing = {WISH_NONE, 0};

static bool within(const struct view *v, float x, float y) { return x >= v->x && x < v->x + v->w && y >= v->y && y < v->y + v->h; }

// the topmost of what can be clicked
static const struct hit *hit_at(const struct room *r, float x, float y) {
  for (int i = r->hits - 1; i >= 0; i--)
    if (within(&r->hit[i].box, x, y)) return &r->hit[i];
  return NULL;
}

static float share_of(const struct view *v, float x, float inset) {
  float k = (x - v->x - inset) / (v->w - 2 * inset);
  return k < 0 ? 0 : k > 1 ? 1 : k;
}

static struct wished dragged(const struct room *r, const struct show *s, float x) {
  for (int i = 0; i < r->hits; i++) {
    const struct hit *h = &r->hit[i];
    if (h->action != r->drag) continue;
    if (r->drag == ACT_SPEED) {
      double speed = room_speed_of(share_of(&h->box, x, 6)), apart = speed - s->speed_asked;
      if (apart < 1e-9 && apart > -1e-9) return nothing;
      return (struct wished){WISH_SPEED, speed};
    }
    return (struct wished){WISH_SEEK, s->start + (s->end - s->start) * (double)share_of(&h->box, x, 0)};
  }
  return nothing;
}

// what lies over the floor: nothing, the next heat map, or ways
static void choose_map(struct room *r, int map) {
  r->heat = map == MAP_HEAT ? (enum heat_kind)((r->heat + 1) % HEAT_KINDS) : HEAT_NONE;
  r->actors.paths = map == MAP_PATHS && !r->actors.paths;
}

static struct wished press(struct room *r, const struct show *s, float x, float y) {
  const struct hit *h = hit_at(r, x, y);
  r->drag = ACT_NONE;
  if (!h) {
    r->pans = within(&r->hall, x, y);
    r->panned = false;
    r->drag_x = x;
    r->drag_y = y;
    return nothing;
  }
  switch (h->action) {
    case ACT_PAUSE: return (struct wished){s->paused ? WISH_PLAY : WISH_PAUSE, 0};
    case ACT_STEP: return (struct wished){WISH_STEP, 0};
    case ACT_BACK: return (struct wished){WISH_SEEK, s->start};
    case ACT_SPEED:
    case ACT_SEEK:
      r->drag = h->action;
      return dragged(r, s, x);
    case ACT_ROBOT: r->selection = (struct selection){SELECT_ROBOT, h->value}; break;
    case ACT_STATION: r->selection = (struct selection){SELECT_STATION, h->value}; break;
    case ACT_GROUP: r->open = r->open == h->value ? -1 : h->value; break;
    case ACT_HELP: r->help = false; break;
    case ACT_FOLLOW: r->follow = !r->follow; break;
    case ACT_PAGE: r->page = (enum page_kind)h->value; break;
    case ACT_MAP: choose_map(r, h->value); break;
    case ACT_CLOSE: r->selection = (struct selection){SELECT_NONE, -1}; break;
    default: break;
  }
  return nothing;
}

static struct wished release(struct room *r, const struct show *s, float x, float y) {
  // a scrub ends with one whole seek: while it lasted, little of the past was read
  struct wished last = r->drag == ACT_SEEK ? dragged(r, s, x) : nothing;
  if (r->pans && !r->panned && s->picture && r->planned && r->plan.has_floor) {
    r->selection = actors_pick(&r->ground, s->picture, x, y);
    if (r->selection.kind != SELECT_ROBOT) r->follow = false;
  }
  r->pans = false;
  r->drag = ACT_NONE;
  return last;
}

static void move(struct room *r, float x, float y) {
  if (!r->pans) return;
  float dx = x - r->drag_x, dy = y - r->drag_y;
  if (!r->panned && dx * dx + dy * dy < 16) return;
  r->panned = true;
  r->follow = r->fitted = false;
  camera_pan(&r->camera, (double)dx, (double)dy);
  r->drag_x = x;
  r->drag_y = y;
}

static void wheel(struct room *r, float x, float y, float by) {
  if (by == 0) return;              // sideways
  if (within(&r->left, x, y)) {
    r->scroll -= by * 46;
    return;
  }
  if (within(&r->right, x, y)) {
    r->page_scroll -= by * 46;
    return;
  }
  if (within(&r->bottom, x, y)) {
    r->gantt -= by > 0 ? 1 : -1;
    return;
  }
  if (!within(&r->hall, x, y) || !r->planned || !r->plan.has_floor) return;
  double factor = 1;
  for (float k = by < 0 ? -by : by; k > 0.01f; k -= 1) factor *= k >= 1 ? ZOOM_STEP : 1 + (ZOOM_STEP - 1) * (double)k;
  r->fitted = false;
  camera_zoom(&r->camera, &r->hall, (double)x, (double)y, by > 0 ? factor : 1 / factor, true);
}

static void next_robot(struct room *r, const struct show *s, int by) {
  int n = s->picture ? s->picture->robots.n : 0;
  if (!n) return;
  int row = r->selection.kind == SELECT_ROBOT ? r->selection.row + by : by > 0 ? 0 : n - 1;
  r->selection = (struct selection){SELECT_ROBOT, (row + n) % n};
}

static double faster(double speed, bool up) {
  static const double steps[] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};
  const int n = (int)(sizeof steps / sizeof *steps);
  for (int i = 0; i < n; i++) {
    if (up && steps[i] > speed * 1.001) return steps[i];
    if (!up && steps[n - 1 - i] < speed * 0.999) return steps[n - 1 - i];
  }
  return up ? 1000 : 0.1;
}

static struct wished key(struct room *r, const SDL_KeyboardEvent *e, const struct show *s, float *zoom) {
  bool ctrl = e->keysym.mod & KMOD_CTRL, shift = e->keysym.mod & KMOD_SHIFT;
  double now = s->picture ? (double)s->picture->now * 1e-9 : 0;
  SDL_Keycode k = e->keysym.sym;
  if (ctrl && (k == SDLK_PLUS || k == SDLK_EQUALS || k == SDLK_KP_PLUS)) *zoom *= 1.1f;
  else if (ctrl && (k == SDLK_MINUS || k == SDLK_KP_MINUS)) *zoom /= 1.1f;
  else if (k == SDLK_ESCAPE && r->help) r->help = false;
  else if (k == SDLK_ESCAPE) r->selection = (struct selection){SELECT_NONE, -1};
  else if (k == SDLK_SPACE) return (struct wished){s->paused ? WISH_PLAY : WISH_PAUSE, 0};
  else if (k == SDLK_PERIOD) return (struct wished){WISH_STEP, 0};
  else if (k == SDLK_PLUS || k == SDLK_EQUALS || k == SDLK_KP_PLUS) return (struct wished){WISH_SPEED, faster(s->speed_asked, true)};
  else if (k == SDLK_MINUS || k == SDLK_KP_MINUS) return (struct wished){WISH_SPEED, faster(s->speed_asked, false)};
  else if (k == SDLK_LEFT && s->recording) return (struct wished){WISH_SEEK, now - 10};
  else if (k == SDLK_RIGHT && s->recording) return (struct wished){WISH_SEEK, now + 10};
  else if (k == SDLK_h) choose_map(r, MAP_HEAT);
  else if (k == SDLK_p) choose_map(r, MAP_PATHS);
  else if (k == SDLK_g) {
    r->gantt_stations = !r->gantt_stations;
    r->gantt = 0;
  }
  else if (k >= SDLK_1 && k < SDLK_1 + PAGES) r->page = (enum page_kind)(k - SDLK_1);
  else if (k == SDLK_f || k == SDLK_HOME) room_fit(r, true);
  else if (k == SDLK_l && r->selection.kind == SELECT_ROBOT) r->follow = !r->follow;
  else if (k == SDLK_TAB) next_robot(r, s, shift ? -1 : 1);
  else if (k == SDLK_QUESTION || (k == SDLK_SLASH && shift) || k == SDLK_F1) r->help = !r->help;
  else if (k == SDLK_F12) return (struct wished){WISH_SHOT, 0};
  else if (k == SDLK_q) return (struct wished){WISH_QUIT, 0};
  // D moves the hall to the right while held; dark and light is a short press without it: Shift+D or T
  else if (k == SDLK_t || (k == SDLK_d && shift)) r->dark = !r->dark;
  return nothing;
}

struct wished input_event(struct room *r, const SDL_Event *e, float ratio, const struct show *s, float *zoom) {
  switch (e->type) {
    case SDL_QUIT: return (struct wished){WISH_QUIT, 0};
    case SDL_KEYDOWN: return key(r, &e->key, s, zoom);
    case SDL_MOUSEBUTTONDOWN:
      if (e->button.button == SDL_BUTTON_LEFT) return press(r, s, (float)e->button.x * ratio, (float)e->button.y * ratio);
      break;
    case SDL_MOUSEBUTTONUP:
      if (e->button.button == SDL_BUTTON_LEFT) return release(r, s, (float)e->button.x * ratio, (float)e->button.y * ratio);
      break;
    case SDL_MOUSEMOTION:
      if (r->drag != ACT_NONE) return dragged(r, s, (float)e->motion.x * ratio);
      move(r, (float)e->motion.x * ratio, (float)e->motion.y * ratio);
      break;
    case SDL_MOUSEWHEEL:
      wheel(r, (float)e->wheel.mouseX * ratio, (float)e->wheel.mouseY * ratio, e->wheel.preciseY != 0 ? e->wheel.preciseY : (float)e->wheel.y);
      break;
    default: break;
  }
  return nothing;
}

bool input_step(struct room *r, double seconds) {
  const Uint8 *down = SDL_GetKeyboardState(NULL);
  SDL_Keymod mod = SDL_GetModState();
  double d = PAN_SPEED * seconds, x = 0, y = 0;
  if (!(mod & (KMOD_CTRL | KMOD_SHIFT))) {
    x = d * (down[SDL_SCANCODE_A] - down[SDL_SCANCODE_D]);
    y = d * (down[SDL_SCANCODE_W] - down[SDL_SCANCODE_S]);
  }
  bool moved = (x != 0 || y != 0) && r->camera.zoom > 0;
  if (moved) {
    r->follow = r->fitted = false;
    camera_pan(&r->camera, x, y);
  }
  return camera_step(&r->camera, seconds) || moved;
}
