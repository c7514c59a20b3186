// Bringing a part within a clearance: by sight alone, or by feeling for the place.
//
// By sight: with normal errors of sigma along two axes the part comes within a clearance c on every side (c: how far it may be off) with the
// probability that both stay within +- c; if not, it lands on the rim, is lifted and tried again after another look.
// By feeling: what comes down within c of its place drops in at once; else, pressed lightly on the rim, it follows an Archimedean spiral until it
// does (Chhatpar & Branicky, IROS 2001). Arms of the spiral lie 1.5 c apart, so that no place between two is missed; the hand goes no faster than it
// could stop within c at the bandwidth of its force control. With errors of sigma in both axes the squared radius of the place is exponential with
// mean 2 sigma^2: it drops in at once with probability 1 - exp(-c^2 / 2 sigma^2), and what is left beyond c, pi (r^2 - c^2) / (1.5 c v) of time, is
// exponential again, with mean 2 pi sigma^2 / (1.5 c v). Feeling always ends inside. By sight "within c" is the square of a tray's pocket, by feeling the circle
// that the spiral begins with; of two sigmas that differ feeling takes the mean square, a guess.
// Deeper in, a peg wedges when it is tilted by more than clearance ratio over friction (Whitney, ASME J. Dyn. Syst. 104 (1982) 65, two-point contact);
// it is then pulled out and tried again.
#pragma once

#include "robots/hand.h"

enum fit_way { FIT_FREE, FIT_SIGHT, FIT_FEEL };

struct fit {
  enum fit_way way;
  double once;                      // 1    probability of the first try by sight; feeling always ends inside
  double again;                     // s    of one more try by sight
  double drops;                     // 1    probability that it drops in without a search by feeling
  double search;                    // s    mean of that search where there is one, 0 without feeling
  double wedged;                    // 1    probability that it wedges, each time it goes in
  double time;                      // s    mean, beyond bringing it there
};

// clearance: m to every side, 0: any place will do. sigma: m of both axes. tilt: rad, sigma of the part's tilt. size: m across the opening.
// depth: m that it goes in. again: s of one more try. The way that takes less time on average is taken.
struct fit fit_find(const struct hand_figures *f, double clearance, const double sigma[2], double tilt, double size, double depth, double friction, double again);

// s beyond bringing it there, once, by draws from u (each in 0 .. 1): tries and search. *tries: 1 or more.
struct stream;
double fit_draw(const struct fit *f, struct stream *random, int *tries);
