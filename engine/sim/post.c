#include "engine/sim/post.h"

#include "engine/sim/broken.h"
#include "engine/sim/explain.h"
#include "engine/sim/job.h"
#include "engine/sim/robot.h"
#include "engine/sim/server.h"

void post_leave(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  uint32_t j = b->job;
  struct job *a = &t->job[j];
  int32_t v = a->server;
  bool posted = b->posted;
  job_drop_robot(a, i);
  if (a->there > 0) a->there--;
  if (a->kind == JOB_HELP) {
    broken_helper_left(t, j);
  } else if (a->kind == JOB_MEND) {
    // a repair that has begun runs on by itself
    if (t->server[v].down & 4) {
      job_release_again(t, j);
    } else {
      t->server[v].mender = 0;
      job_free(t, j);
    }
  } else if (posted) {
    if (a->robots == 0) {
      t->server[v].job = 0;
      job_free(t, j);
    }
  } else {
    server_crew(t, v, -1);
  }
}

static void relieve(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  uint32_t j = b->job;
  int32_t v = t->job[j].server;
  uint32_t post = t->server[v].job;
  int32_t old = NONE;
  if (post && post != j)
    for (int k = 0; k < t->job[post].robots && old == NONE; k++) {
      struct robot *o = &t->robot[t->job[post].robot[k]];
      if (o->act == ACT_POST && o->relief_called) {
        old = (int32_t)t->job[post].robot[k];
        t->job[post].robot[k] = (uint32_t)i;
      }
    }
  if (old == NONE) {
    // whoever called is gone: take the post if it is still wanted
    job_free(t, j);
    b->job = 0;
    robot_done(t, i);
    return;
  }
  job_free(t, j);
  b->job = post;
  b->posted = t->robot[old].posted;
  b->team = t->robot[old].team, b->teams = t->robot[old].teams;
  robot_begin(t, i, ACT_POST, DO_WAIT, 0);
  robot_book(t, i, (enum robot_cause)t->robot[old].cause);
  robot_done(t, old);
}

void post_arrive(struct twin *t, int32_t i) {
  struct robot *b = &t->robot[i];
  struct job *a = &t->job[b->job];
  if (a->kind == JOB_RELIEF) {
    relieve(t, i);
    return;
  }
  robot_begin(t, i, ACT_POST, DO_WAIT, 0);
  robot_book(t, i, a->kind == JOB_MEND ? ROBOT_REPAIR : ROBOT_WAITING_PARTNER);
  a->there++;
  if (a->kind == JOB_HELP) {
    a->state = JOB_RUNNING;
    if (t->options.explain) explain_job(t, b->job, "works", 0);
    robot_book(t, i, ROBOT_WORKING);
    broken_helped(t, b->job);
    return;
  }
  if (a->kind == JOB_MEND) {
    a->state = JOB_RUNNING;
    if (t->options.explain) explain_job(t, b->job, "works", 0);
    robot_book(t, i, ROBOT_WORKING);
    server_mend_begins(t, a->server);
    return;
  }
  if (a->there >= a->need) {
    a->state = JOB_RUNNING;
    if (t->options.explain) explain_job(t, b->job, "works", 0);
  }
  server_crew(t, a->server, 1);
  crew_book(t, a->server, (enum station_cause)t->server[a->server].cause);
}
