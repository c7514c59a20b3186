#include "viewer/theme.h"

static const struct theme light = {
  .dark = false, .bg = 0xE9EDF1, .panel = 0xFFFFFF, .sunk = 0xF3F5F8, .floor = 0xFBFCFD, .line = 0xD5DBE2, .line2 = 0xAEB8C4,
  .ink = 0x14181D, .ink2 = 0x465260, .ink3 = 0x66717F, .wall = 0x2B333C, .kit = 0xDDE3EA, .kit2 = 0xC3CCD6, .limb = 0xDDE3EA,
  .leg = 0xC3CCD6, .skin = 0xFFFFFF, .accent = 0x5A36C9, .casing = 0xFFFFFF, .outline = 0x14181D, .stopped = 0x14181D,
  .on_stop = 0xFFFFFF, .cell = 0x4A5663,
};

static const struct theme dark = {
  .dark = true, .bg = 0x0E1114, .panel = 0x171B20, .sunk = 0x1F242B, .floor = 0x1A1F25, .line = 0x2D343D, .line2 = 0x4A5562,
  .ink = 0xEDF1F5, .ink2 = 0xB4BEC9, .ink3 = 0x8E9AA7, .wall = 0xB9C3CE, .kit = 0x2C343D, .kit2 = 0x414C58, .limb = 0x93A0AD,
  .leg = 0x6B7885, .skin = 0xEDF1F5, .accent = 0xB9A5FF, .casing = 0x0E1114, .outline = 0x0B0D10, .stopped = 0xEDF1F5,
  .on_stop = 0x14181D, .cell = 0xAEB9C5,
};

const struct theme *theme_get(bool is_dark) { return is_dark ? &dark : &light; }

static const uint32_t hue[CAUSES] = {0x009E73, 0x0072B2, 0xE69F00, 0xCC79A7, 0xF0E442, 0x56B4E9, 0xD55E00, 0, 0};
static const uint32_t pen[CAUSES] = {0xFFFFFF, 0xFFFFFF, 0x14181D, 0x14181D, 0x14181D, 0x14181D, 0xFFFFFF, 0, 0};

uint32_t cause_fill(const struct theme *t, enum cause c) {
  return c == CAUSE_STOPPED ? t->stopped : c == CAUSE_NONE ? t->panel : hue[c];
}

uint32_t cause_pen(const struct theme *t, enum cause c) {
  return c == CAUSE_STOPPED ? t->on_stop : c == CAUSE_NONE ? t->ink2 : pen[c];
}

uint32_t cause_rim(const struct theme *t, enum cause c) { return c == CAUSE_NONE ? t->ink3 : t->outline; }

static const struct state_look robots[ROBOT_STATES] = {
  {CAUSE_WORK, ICON_NUT, "working"},          {CAUSE_MOVE, ICON_CHEVRONS, "walking"},   {CAUSE_PART, ICON_EMPTY, "waiting part"},
  {CAUSE_SPACE, ICON_FULL, "waiting space"},  {CAUSE_WAIT, ICON_BUST, "waiting partner"}, {CAUSE_SPACE, ICON_FULL, "waiting charger"},
  {CAUSE_WAIT, ICON_YIELD, "traffic"},        {CAUSE_PREPARE, ICON_BOLT, "charging"},   {CAUSE_BROKEN, ICON_LYING, "fallen"},
  {CAUSE_BROKEN, ICON_CROSS, "repair"},       {CAUSE_STOPPED, ICON_SQUARE, "stopped"},  {CAUSE_NONE, ICON_MOON, "off shift"},
  {CAUSE_NONE, ICON_DOTS, "idle"},
};

static const struct state_look stations[STATION_STATES] = {
  {CAUSE_WORK, ICON_NUT, "working"},        {CAUSE_PART, ICON_EMPTY, "starved"},  {CAUSE_SPACE, ICON_FULL, "blocked"},
  {CAUSE_PREPARE, ICON_SLIDERS, "setup"},   {CAUSE_BROKEN, ICON_CROSS, "down"},   {CAUSE_WAIT, ICON_BUST, "waiting robot"},
  {CAUSE_STOPPED, ICON_SQUARE, "stopped"},  {CAUSE_NONE, ICON_MOON, "off shift"},
};

const struct state_look *robot_look(unsigned code) { return &robots[code < ROBOT_STATES ? code : ROBOT_STATE_IDLE]; }
const struct state_look *station_look(unsigned code) { return &stations[code < STATION_STATES ? code : STATION_STATES - 1]; }
