// The control room: an SDL2 window (or a picture without one) over a live stream or a recording.
//
// It reads frames and sends commands; it edits nothing itself and includes no engine. The layout
// comes as text in the hello frame; viewer/plan.h reads from it only what is drawn.
#pragma once

#include <stdbool.h>

#include "base/status.h"

struct viewer_options {
  const char *address;              // live: "host:port" or a socket path; NULL
  const char *recording;            // file; NULL
  const char *token;                // NULL
  const char *frame_out;            // --out: PNG instead of a window; NULL
  double      frame_at;             // --frame: simulated seconds
  const char *video_out;            // --video: .y4m, or anything else through ffmpeg; NULL
  int         width, height;        // 1280 x 720
  double      scale;                // UI scale 0.75 .. 3
  bool        dark;
  const char *heat;                 // "density", "waits" or "speed": a map over the floor; NULL
  const char *page;                 // "now", "body" or "why", of a selected robot; NULL: now
  bool        stations;             // the rows at the bottom are stations
  bool        paths;                // the ways of all robots over the floor
  const char *select;               // robot ("R3", "sorters-3") or station that is selected; NULL
  double      zoom;                 // px/m; 0: the whole hall, or 60 around what is selected
  double      at[2];                // m, middle of the view when zoom is given
  bool        at_given;
};

struct viewer_options viewer_defaults(void);

// Run until the window closes, or write the picture. Returns STATUS_OK or fills *e.
enum status viewer_run(const struct viewer_options *o, struct error *e);

// Milliseconds of processor time a frame over `frames` frames of a scene with that many robots and parts, software
// renderer, dummy driver, 1280 x 720, present apart. For takt bench.
double viewer_bench(int robots, int parts, int frames, struct error *e);
