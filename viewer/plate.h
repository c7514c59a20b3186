// Plates: one picture of a robot, or of one stride of its gait, made to be read like a page of a book.
//
// The caller brings numbers and words; a plate draws them and computes nothing of the body. Written as PNG
// without a window. Curves are of one stride, sample k of n at share k/n of it; the last joins the first.
#pragma once

#include "base/status.h"
#include "viewer/skeleton.h"

struct plate_fact { char name[40], value[56]; };

struct plate {
  const char *title, *below;        // "optimus-gen2", "28 joints · 56.0 kg"
  int         facts;
  const struct plate_fact *fact;
  const char *caution;              // one sentence below the facts, NULL
};

// The body from ahead, from the side and from above, its measures, and its joints.
struct plate_joint { char name[40]; double lower, upper, effort, speed; };      // rad, N m, rad/s; infinite: no limit
struct plate_body {
  struct plate                plate;
  const struct skeleton      *shape;
  const struct skeleton_pose *pose;
  double                      height;         // m
  int                         joints;
  const struct plate_joint   *joint;
};

// One stride: the moments of it from the side, its footsteps from above, angles, forces and power over the cycle.
#define PLATE_MOMENTS 9
struct plate_stride {
  struct plate           plate;
  const struct skeleton *shape;
  int                    moments;             // over one stride, the last a stride after the first; frame of the floor
  const struct skeleton_pose *moment;
  double                 height, stride;      // m
  int                    samples;
  const float           *angle[3][2];         // deg  hip, knee, ankle flexion; left, right; NULL: none (samples)
  const float           *force[2][2];         // N    up and ahead; left, right                        (samples)
  const float          (*cop)[2], (*com)[3];  // m    centre of pressure, of mass                       (samples)
  const float           *power;               // W    from the battery                                  (samples)
  const uint8_t         *contact[2];          // 1: on the floor                                        (samples)
  double                 weight, mean_power;  // N, W
  struct skeleton_pose   peak;                // load: largest share over the stride
};

// What hands do: moments of an act from the side, how long its parts take beside a person's, and how far the hands come.
#define PLATE_ACTS 12
struct plate_bar { char name[24]; double value, person; };             // s; person below 0: no such thing
struct plate_hands {
  struct plate                plate;
  const struct skeleton      *shape;
  int                         moments;        // at most PLATE_ACTS
  const struct skeleton_pose *moment;
  const char                (*caption)[40];
  double                      height;         // m
  int                         bars;
  const struct plate_bar     *bar;
  int                         columns, rows;  // of the map, from x0, z0 in steps of `step`                   0: none
  double                      x0, z0, step;   // m
  const signed char          *level;          // body's level of each place, from below; -1: out of reach    (rows x columns)
  int                         levels;
};

// A whole way from standing to standing: how it gets going and how it stops, from the side; its footsteps from above; speed, force and power over its time.
#define PLATE_ROW 12
struct plate_print { float x, y, heading; bool jogs; };                // m, rad  of an ankle
struct plate_way {
  struct plate                plate;
  const struct skeleton      *shape;
  int                         moments[2];     // at most PLATE_ROW
  const struct skeleton_pose *moment[2];
  const char                (*words[2])[40];
  double                      height, length; // m
  float                       heel, toe, half_width;                   // m      of a sole, from the ankle
  int                         prints, samples;
  const struct plate_print   *print;
  const float                *speed, *force, *power;                   // m/s, N, W                             (samples)
  double                      time;           // s
};

void plate_body_draw(struct look *l, struct canvas *c, const struct plate_body *b);
void plate_stride_draw(struct look *l, struct canvas *c, const struct plate_stride *s);
void plate_hands_draw(struct look *l, struct canvas *c, const struct plate_hands *h);
void plate_way_draw(struct look *l, struct canvas *c, const struct plate_way *w);

// 1600 x 1000 pixels at scale 1.
enum status plate_body_write(const struct plate_body *b, const char *path, struct error *e);
enum status plate_stride_write(const struct plate_stride *s, const char *path, struct error *e);
enum status plate_hands_write(const struct plate_hands *h, const char *path, struct error *e);
enum status plate_way_write(const struct plate_way *w, const char *path, struct error *e);
