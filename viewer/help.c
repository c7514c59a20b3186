// What ? shows: the keys, and every state with its sign. docs/viewer.md lists the same keys.
#include "viewer/room.h"

#define ROW 19

static const char *const keys[][2] = {
  {"drag, W A S D", "move the hall"}, {"wheel", "zoom about the cursor; over panels: scroll"}, {"F, Home", "fit the hall"}, {"click", "select"},
  {"Esc", "select nothing"}, {"Tab, Shift Tab", "next robot, the one before"}, {"L", "follow the selected robot"}, {"Space", "pause and play"}, {".", "step"},
  {"+ −", "faster, slower"}, {"← →", "10 s back, forward in a recording"}, {"H", "heat maps: density, waits, speed, none"},
  {"P", "ways of all robots"}, {"G", "rows at the bottom: robots, stations"}, {"1, 2, 3", "pages of the selected robot: now, body, why"},
  {"T, Shift D", "dark and light"}, {"Ctrl + −", "size of type and panels"}, {"F12", "picture to a file"}, {"?, F1", "this list"}, {"Q", "quit"}};

int         help_count(void) { return (int)(sizeof keys / sizeof *keys); }
const char *help_key(int i) { return keys[i][0]; }

static void draw_states(struct room *r, struct canvas *c, float x, float y) {
  const struct theme *t = r->look.theme;
  draw_text(r->look.type, c, x, y, FACE_SEMIBOLD, 14, t->ink, "Robots");
  for (unsigned k = 0; k < ROBOT_STATES; k++) {
    float at = y + 24 + ROW * (float)k;
    draw_chip(&r->look, c, robot_look(k), x + 8, at - 4, 15, true);
    draw_text(r->look.type, c, x + 24, at, FACE_REGULAR, 12, t->ink2, robot_look(k)->word);
  }
  x += 140;
  draw_text(r->look.type, c, x, y, FACE_SEMIBOLD, 14, t->ink, "Stations");
  for (unsigned k = 0; k < STATION_STATES; k++) {
    float at = y + 24 + ROW * (float)k;
    draw_chip(&r->look, c, station_look(k), x + 8, at - 4, 15, false);
    draw_text(r->look.type, c, x + 24, at, FACE_REGULAR, 12, t->ink2, station_look(k)->word);
  }
}

void help_draw(struct room *r, struct canvas *c) {
  const struct theme *t = r->look.theme;
  int n = (int)(sizeof keys / sizeof *keys);
  float w = 690, h = 62 + ROW * (float)n, x = (r->width - w) / 2, y = (r->height - h) / 2;
  if (x < 4) x = 4;                 // keys are at the left: what is cut are the states
  if (y < 4) y = 4;
  draw_rect(c, 0, 0, r->width, r->height, tint(t->dark ? 0x000000 : 0x14181D, 0.28f));
  draw_round(c, x, y, w, h, 6, ink(t->line2));
  draw_round(c, x + 1, y + 1, w - 2, h - 2, 5, ink(t->panel));
  draw_text(r->look.type, c, x + 20, y + 30, FACE_SEMIBOLD, 14, t->ink, "Keys");
  for (int i = 0; i < n; i++) {
    float at = y + 54 + ROW * (float)i;
    draw_text(r->look.type, c, x + 20, at, FACE_SEMIBOLD, 12, t->ink, keys[i][0]);
    draw_text(r->look.type, c, x + 130, at, FACE_REGULAR, 12, t->ink2, keys[i][1]);
  }
  draw_vline(c, x + 400, y + 20, y + h - 20, ink(t->line));
  draw_states(r, c, x + 420, y + 30);
  room_hit(r, 0, 0, r->width, r->height, ACT_HELP, 0);
}
