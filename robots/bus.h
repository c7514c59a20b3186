// The direct-current bus that all drives share.
//
// What one joint gives back feeds the others at once; what is left over goes to the pack, less a loss. Electronics
// (computers, cameras, radio: what is drawn while sitting with the drives off) come on top.
#pragma once

struct bus {
  double electronics;               // W   always
  double regeneration;              // 1   share of the surplus that reaches the pack
};

// W from the pack. joints: sum of the drives' electrical power; drives: W of those that are enabled.
static inline double bus_power(const struct bus *b, double joints, double drives) {
  double surplus = joints < 0 ? joints : 0;
  return b->electronics + drives + (joints - surplus) + b->regeneration * surplus;
}

// W lost on the way back to the pack, at least 0: power from pack + surplus lost = electronics + drives + joints + this.
static inline double bus_loss(const struct bus *b, double joints) {
  return joints < 0 ? (b->regeneration - 1) * joints : 0;
}
