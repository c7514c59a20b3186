#include "viewer/camera.h"

struct point camera_to_screen(const struct camera *c, const struct view *v, double x, double y) {
  return (struct point){(float)(v->x + v->w / 2 + (x - c->x) * c->zoom), (float)(v->y + v->h / 2 - (y - c->y) * c->zoom)};
}

void camera_to_world(const struct camera *c, const struct view *v, double px, double py, double *x, double *y) {
  *x = c->x + (px - v->x - v->w / 2) / c->zoom;
  *y = c->y - (py - v->y - v->h / 2) / c->zoom;
}

static double limit(double zoom) {
  return zoom < CAMERA_ZOOM_MIN ? CAMERA_ZOOM_MIN : zoom > CAMERA_ZOOM_MAX ? CAMERA_ZOOM_MAX : zoom;
}

static void start(struct camera *c, bool glide) {
  c->from_x = c->x;
  c->from_y = c->y;
  c->from_zoom = c->zoom;
  c->left = CAMERA_GLIDE;
  if (!glide) camera_step(c, CAMERA_GLIDE);
}

void camera_fit(struct camera *c, const struct view *v, double x0, double y0, double x1, double y1, const float margin[4], bool glide) {
  double w = v->w - margin[0] - margin[2], h = v->h - margin[1] - margin[3];
  if (w < 10) w = 10;
  if (h < 10) h = 10;
  double zx = x1 > x0 ? w / (x1 - x0) : 100, zy = y1 > y0 ? h / (y1 - y0) : 100;
  c->to_zoom = limit(zx < zy ? zx : zy);
  c->to_x = (x0 + x1) / 2 - (margin[0] - margin[2]) / 2 / c->to_zoom;
  c->to_y = (y0 + y1) / 2 + (margin[1] - margin[3]) / 2 / c->to_zoom;
  c->anchored = false;
  if (c->zoom <= 0) c->zoom = c->to_zoom;
  start(c, glide);
}

void camera_zoom(struct camera *c, const struct view *v, double px, double py, double factor, bool glide) {
  double target = c->left > 0 && c->anchored ? c->to_zoom : c->zoom;
  camera_to_world(c, v, px, py, &c->anchor[0], &c->anchor[1]);
  c->anchor_px[0] = px - v->x - v->w / 2;
  c->anchor_px[1] = py - v->y - v->h / 2;
  c->to_zoom = limit(target * factor);
  c->anchored = true;
  start(c, glide);
}

void camera_pan(struct camera *c, double dx_px, double dy_px) {
  c->left = 0;
  c->x -= dx_px / c->zoom;
  c->y += dy_px / c->zoom;
}

bool camera_step(struct camera *c, double seconds) {
  if (c->left <= 0) return false;
  c->left -= seconds;
  double t = c->left <= 0 ? 1 : 1 - c->left / CAMERA_GLIDE, k = 1 - (1 - t) * (1 - t) * (1 - t);
  c->zoom = c->from_zoom + (c->to_zoom - c->from_zoom) * k;
  if (c->anchored) {
    c->x = c->anchor[0] - c->anchor_px[0] / c->zoom;
    c->y = c->anchor[1] + c->anchor_px[1] / c->zoom;
  } else {
    c->x = c->from_x + (c->to_x - c->from_x) * k;
    c->y = c->from_y + (c->to_y - c->from_y) * k;
  }
  return true;
}
