// Seeing a part: where it seems to lie and what it seems to be, against where it lies and what it is.
//
// Errors of a pose are normal and independent. Their sigmas grow with
//   distance   across the line of sight as d (a pixel spans more), along it as d^2 (depth from disparity; measured on a depth
//              camera by Khoshelham & Elberink, Sensors 2012), in yaw as d
//   occlusion  as 1/sqrt(visible share): the same average over fewer pixels
//   speed      a part that moves relative to the eye by v is seen where it was: sigma v * jitter along its motion, added in squares
// Its class is told by signal detection (Green & Swets 1966): evidence of unit variance whose means are d' apart between any two classes. Of d', `discrimination`
// in full view at `distance`, there is as much less as fewer things can be told apart in the picture of it, as the root of their number, which goes as 1/d^2, as the visible share,
// and, where the part moves while the picture is taken, as the width of what is sharp over that of what is smeared: along the motion v * exposure / sqrt 12, a uniform's sigma, is added
// to `across` in squares. Between two classes the error rate is Phi(-d'/2); of m, each with evidence of its own, the one with the most is taken, and is right with
//   P = integral of phi(x - d' / sqrt 2) Phi(x)^(m - 1) dx                       Green & Swets 1966; Hacker & Ratcliff, Percept. Psychophys. 26 (1979) 168: their d' is this one over sqrt 2
// A part of which less than visible_min shows is not seen at all.
//
// Success of an act with tolerances is then a product of central normal probabilities, which a robot that acts on what it
// saw meets by chance; nothing types it in.
#pragma once

#include <stdbool.h>

#include "base/random.h"

struct sight {
  double distance;                  // m      at which the sigmas below hold, of a part in full view that stands still
  double across;                    // m      sigma of each of two directions across the line of sight
  double depth;                     // m      sigma along it
  double yaw;                       // rad    sigma about the line of sight
  double jitter;                    // s      sigma of the time that a picture belongs to
  double exposure;                  // s      that a picture takes
  double discrimination;            // 1      d' between two classes
  double visible_min;               // share  below which a part is not found
};

// Guesses, in the range of depth cameras and pose estimators: 1 mm, 2 mm and 0.5 deg at 0.6 m, 5 ms, 2 ms, d' 7, a quarter.
struct sight sight_defaults(void);

struct view {
  double distance;                  // m      eye to part, above 0
  double speed;                     // m/s    of the part relative to the eye, across the line of sight
  double hidden;                    // share  of it that others cover, 0 ... 1
};

struct sight_sigmas {
  double along;                     // m      across the line of sight, along the motion
  double across;                    // m      across the line of sight and the motion
  double depth;                     // m
  double yaw;                       // rad
  double apart;                     // 1      d' between two classes as they are seen
  double class_error;               // probability to take it for the other of two classes
  bool   found;
};

struct sight_sigmas sight_sigmas(const struct sight *s, const struct view *v);

// Probability to take a part for another one of `classes`, at least 2, whose means are `apart`; each of the others is as likely. To 1e-15 a class.
double sight_confusion(double apart, int classes);

// What one look says: errors to add to the true pose, and whether the class is wrong. Takes five draws, found or not.
struct sighting { double along, across, depth, yaw; bool wrong, found; };
struct sighting sight_look(const struct sight_sigmas *sigmas, struct stream *random);

// Probability that a normal error of `sigma` stays within +- tolerance: erf(t / (sigma sqrt 2)), to 1e-15 (series of Marsaglia,
// J. Stat. Software 2004). sigma 0: 1 when the tolerance is not negative.
double sight_within(double tolerance, double sigma);

// What an act stands: half the opening left beside the part, half the overlap of fingers and part, ... Infinity: does not matter.
struct sight_tolerance { double along, across, depth, yaw; };

bool   sight_hits(const struct sighting *look, const struct sight_tolerance *t);           // found, right class, within all
double sight_success(const struct sight_sigmas *sigmas, const struct sight_tolerance *t);  // the probability of that
