// Where the hall is seen from: metres to UI pixels, zoom about a point, fit, and a short glide.
//
// screen = view middle + zoom (world - middle), y turned over. The glide keeps the anchor of a zoom under
// the cursor at every step, not only at its end.
#pragma once

#include <stdbool.h>

#include "viewer/canvas.h"

struct view { float x, y, w, h; };  // UI px

struct camera {
  double x, y;                      // m      world point in the middle of the view
  double zoom;                      // px/m
  // glide to a target; left: s that remain
  double to_x, to_y, to_zoom, left;
  double from_x, from_y, from_zoom;
  bool   anchored;                  // the glide keeps anchor (world) at anchor_px (from the view's middle)
  double anchor[2], anchor_px[2];
};

#define CAMERA_GLIDE 0.18           // s
#define CAMERA_ZOOM_MIN 0.5         // px/m
#define CAMERA_ZOOM_MAX 900.0

struct point camera_to_screen(const struct camera *c, const struct view *v, double x, double y);
void         camera_to_world(const struct camera *c, const struct view *v, double px, double py, double *x, double *y);

// Show x0..x1, y0..y1 with a margin in px on each side (left, top, right, bottom).
void camera_fit(struct camera *c, const struct view *v, double x0, double y0, double x1, double y1, const float margin[4], bool glide);
// Zoom by a factor about a point of the screen. Without glide it is done at once.
void camera_zoom(struct camera *c, const struct view *v, double px, double py, double factor, bool glide);
void camera_pan(struct camera *c, double dx_px, double dy_px);
// Advance the glide; returns whether the camera moved.
bool camera_step(struct camera *c, double seconds);
