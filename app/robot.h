// `takt robot MODEL VERB ...`: what the verbs share. Each verb is a file of its own, app/robot_VERB.c.
#pragma once

#include "robots/humanoid.h"
#include "robots/model.h"
#include "robots/spec.h"

// A verb gets the model's name as it was given and its own arguments; argv[0] is the verb. Returns the exit code.
int robot_info_verb(const char *model, int argc, char **argv);
int robot_dynamics_verb(const char *model, int argc, char **argv);
int robot_stand_verb(const char *model, int argc, char **argv);
int robot_walk_verb(const char *model, int argc, char **argv);
int robot_jog_verb(const char *model, int argc, char **argv);
int robot_tables_verb(const char *model, int argc, char **argv);
int robot_push_verb(const char *model, int argc, char **argv);
int robot_rise_verb(const char *model, int argc, char **argv);
int robot_reach_verb(const char *model, int argc, char **argv);
int robot_pick_verb(const char *model, int argc, char **argv);
int robot_grasp_verb(const char *model, int argc, char **argv);

// A robot as the verbs need it. Finish it in any case.
struct robot_case {
  char               folder[1024];  // of the URDF
  struct robot_model model;
  struct robot_spec  spec;          // when drives were asked for
  struct humanoid    humanoid;      // when limbs were asked for
};

enum robot_part { ROBOT_TREE = 0, ROBOT_DRIVES = 1, ROBOT_LIMBS = 2 };  // bits

// Open MODEL: a URDF file, a folder with NAME/NAME.urdf, or a name under assets/robots/. parts: what is needed beside the tree.
// Faults are printed on stderr (warnings unless quiet); returns 0 or the exit code.
int  robot_open(struct robot_case *r, const char *model, int parts, bool quiet);
void robot_close(struct robot_case *r);
