#include "scheduler/orca.h"

#include <assert.h>
#include <stdbool.h>

#include "base/maths.h"

#define PARALLEL 1e-9

static double cross(const double a[2], const double b[2]) { return a[0] * b[1] - a[1] * b[0]; }
static double dot(const double a[2], const double b[2]) { return a[0] * b[0] + a[1] * b[1]; }

// How far v is on the forbidden side of a line.
static double breach(const struct orca_line *l, const double v[2]) {
  const double d[2] = {l->point[0] - v[0], l->point[1] - v[1]};
  return cross(l->direction, d);
}

struct orca_line orca_neighbour(const double velocity[2], const double offset[2], const double closing[2], double radius, double horizon, double step, double share) {
  struct orca_line l;
  double d2 = dot(offset, offset), r2 = radius * radius, u[2];
  bool apart = d2 > r2;
  double t = apart ? horizon : step;
  // from the middle of the cut-off disc of the velocity obstacle
  double w[2] = {closing[0] - offset[0] / t, closing[1] - offset[1] / t}, w2 = dot(w, w), along = dot(w, offset);
  if (!apart || (along < 0 && along * along > r2 * w2)) {
    double length = m_sqrt(w2);
    double n[2] = {length > 0 ? w[0] / length : -offset[0], length > 0 ? w[1] / length : -offset[1]};
    if (length <= 0) {
      double o = m_sqrt(d2);
      for (int k = 0; k < 2; k++) n[k] = o > 0 ? n[k] / o : k;
    }
    l.direction[0] = n[1];
    l.direction[1] = -n[0];
    for (int k = 0; k < 2; k++) u[k] = (radius / t - length) * n[k];
  } else {
    // on one of the legs
    double leg = m_sqrt(d2 - r2);
    if (cross(offset, w) > 0) {
      l.direction[0] = (offset[0] * leg - offset[1] * radius) / d2;
      l.direction[1] = (offset[0] * radius + offset[1] * leg) / d2;
    } else {
      l.direction[0] = -(offset[0] * leg + offset[1] * radius) / d2;
      l.direction[1] = -(-offset[0] * radius + offset[1] * leg) / d2;
    }
    double on = dot(closing, l.direction);
    for (int k = 0; k < 2; k++) u[k] = on * l.direction[k] - closing[k];
  }
  for (int k = 0; k < 2; k++) l.point[k] = velocity[k] + share * u[k];
  return l;
}

struct orca_line orca_wall(const double normal[2], double distance, double horizon) {
  struct orca_line l = {.direction = {normal[1], -normal[0]}};
  for (int k = 0; k < 2; k++) l.point[k] = -normal[k] * distance / horizon;
  return l;
}

// Best point on line i within the disc and the lines before it. towards: `wished` is a direction to go as far as possible.
static bool on_line(const struct orca_line *line, int i, double speed, const double wished[2], bool towards, double out[2]) {
  const struct orca_line *l = &line[i];
  double along = dot(l->point, l->direction), inside = along * along + speed * speed - dot(l->point, l->point);
  if (inside < 0) return false;
  double root = m_sqrt(inside), low = -along - root, high = -along + root;
  for (int j = 0; j < i; j++) {
    const double d[2] = {l->point[0] - line[j].point[0], l->point[1] - line[j].point[1]};
    double across = cross(l->direction, line[j].direction), above = cross(line[j].direction, d);
    if (across <= PARALLEL && across >= -PARALLEL) {
      if (above < 0) return false;
      continue;
    }
    double t = above / across;
    if (across >= 0) {
      if (t < high) high = t;
    } else if (t > low) low = t;
    if (low > high) return false;
  }
  double t;
  if (towards) t = dot(wished, l->direction) > 0 ? high : low;
  else {
    const double d[2] = {wished[0] - l->point[0], wished[1] - l->point[1]};
    t = dot(l->direction, d);
    t = t < low ? low : t > high ? high : t;
  }
  for (int k = 0; k < 2; k++) out[k] = l->point[k] + t * l->direction[k];
  return true;
}

// Returns the line that could not be kept, `lines` when all are.
static int programme(const struct orca_line *line, int lines, double speed, const double wished[2], bool towards, double out[2]) {
  double size = m_sqrt(dot(wished, wished)), scale = towards ? speed : size > speed ? speed / size : 1;
  for (int k = 0; k < 2; k++) out[k] = wished[k] * scale;
  for (int i = 0; i < lines; i++) {
    if (breach(&line[i], out) <= 0) continue;
    double before[2] = {out[0], out[1]};
    if (!on_line(line, i, speed, wished, towards, out)) {
      out[0] = before[0];
      out[1] = before[1];
      return i;
    }
  }
  return lines;
}

// From line `begin` on not all can be kept: make the largest breach small.
static void compromise(const struct orca_line *line, int lines, int fixed, int begin, double speed, double out[2]) {
  double worst = 0;
  for (int i = begin; i < lines; i++) {
    if (breach(&line[i], out) <= worst) continue;
    struct orca_line with[ORCA_LINES_MAX];
    int n = 0;
    for (; n < fixed; n++) with[n] = line[n];
    for (int j = fixed; j < i; j++) {
      double across = cross(line[i].direction, line[j].direction);
      struct orca_line *m = &with[n];
      if (across <= PARALLEL && across >= -PARALLEL) {
        if (dot(line[i].direction, line[j].direction) > 0) continue;
        for (int k = 0; k < 2; k++) m->point[k] = 0.5 * (line[i].point[k] + line[j].point[k]);
      } else {
        const double d[2] = {line[i].point[0] - line[j].point[0], line[i].point[1] - line[j].point[1]};
        double t = cross(line[j].direction, d) / across;
        for (int k = 0; k < 2; k++) m->point[k] = line[i].point[k] + t * line[i].direction[k];
      }
      const double d[2] = {line[j].direction[0] - line[i].direction[0], line[j].direction[1] - line[i].direction[1]};
      double size = m_sqrt(dot(d, d));
      for (int k = 0; k < 2; k++) m->direction[k] = d[k] / size;
      n++;
    }
    const double towards[2] = {-line[i].direction[1], line[i].direction[0]};
    double before[2] = {out[0], out[1]};
    if (programme(with, n, speed, towards, true, out) < n) {
      out[0] = before[0];           // by rounding only: what was found so far is as good
      out[1] = before[1];
    }
    worst = breach(&line[i], out);
  }
}

void orca_velocity(const struct orca_line *line, int lines, int fixed, double speed, const double wished[2], double out[2]) {
  assert(lines <= ORCA_LINES_MAX);
  assert(fixed <= lines);
  int failed = programme(line, lines, speed, wished, false, out);
  if (failed < fixed) {
    // between walls alone there is always standing still
    out[0] = out[1] = 0;
    failed = fixed;
  }
  if (failed < lines) compromise(line, lines, fixed, failed, speed, out);
}
