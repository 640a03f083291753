/*
 * The small face of libsolv that the TypeScript side sees; src/abi.ts describes every buffer.
 *
 * Names, versions and dependencies arrive as numbers. What satisfies a dependency is decided outside and arrives as a
 * ready list of solvables, so libsolv compares no version text and parses no dependency: it only searches.
 *
 * policy.c is compiled with solvable_lookup_str, solvable_lookup_count and pool_evrcmp renamed to the functions at the
 * end: so the order of candidates (tracked features, version, build number, dependencies, timestamp) is ours too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "poolid.h"
#include "problems.h"
#include "queue.h"
#include "repo.h"
#include "rules.h"
#include "solver.h"
#include "util.h"

/* Id of solvable number 0: libsolv keeps 0 for nothing and 1 for the system. */
#define FIRST_SOLVABLE 2

typedef struct {
  int rank;
  int features;
} Order;

typedef struct {
  Pool *pool;
  Order *orders; /* by solvable number */
  int solvable_count;
  Id first_dep;
  int dep_count;
  Queue out;
} World;

World *world_create(void)
{
  World *world = solv_calloc(1, sizeof *world);
  world->pool = pool_create();
  world->pool->appdata = world;
  world->pool->nowhatprovidesaux = 1;
  pool_setdisttype(world->pool, DISTTYPE_CONDA);
  queue_init(&world->out);
  return world;
}

void world_free(World *world)
{
  queue_free(&world->out);
  pool_free(world->pool);
  solv_free(world->orders);
  solv_free(world);
}

static const int *load_solvable(World *world, Repo *repo, Id id, const Id *names, Id first_evr, const int *in)
{
  Solvable *s = pool_id2solvable(world->pool, id);
  Order *order = world->orders + (id - FIRST_SOLVABLE);
  int i, n;
  s->name = names[*in++];
  s->evr = first_evr + *in++;
  order->rank = *in++;
  order->features = *in++;
  for (n = *in++, i = 0; i < n; i++)
    s->requires = repo_addid(repo, s->requires, world->first_dep + *in++);
  for (n = *in++, i = 0; i < n; i++)
    s->conflicts = repo_addid(repo, s->conflicts, world->first_dep + *in++);
  return in;
}

/* Ids of consecutive new strings are consecutive; the first that is not means a broken caller. */
static Id intern_number(Pool *pool, const char *format, int number)
{
  char text[24];
  snprintf(text, sizeof text, format, number);
  return pool_str2id(pool, text, 1);
}

static Id intern_numbers(Pool *pool, int count)
{
  Id first = intern_number(pool, "\001%d", 0);
  for (int i = 1; i < count; i++)
    if (intern_number(pool, "\001%d", i) != first + i)
      abort();
  return first;
}

/* libsolv grows this array by 16 kB a time, which is quadratic for the millions of entries of a whole channel. */
static void reserve_providers(Pool *pool, int count)
{
  if (pool->whatprovidesdataleft >= count)
    return;
  pool->whatprovidesdata = solv_realloc2(pool->whatprovidesdata, pool->whatprovidesdataoff + count, sizeof(Id));
  pool->whatprovidesdataleft = count;
}

/* The solvables of each name, for the rule "one of a name" and for updates. */
static void provide_names(World *world, const Id *names, int name_count)
{
  Pool *pool = world->pool;
  Queue *lists = solv_calloc(name_count, sizeof(Queue));
  Id *number = solv_calloc(pool->ss.nstrings, sizeof(Id));
  int i;
  for (i = 0; i < name_count; i++)
    number[names[i]] = i;
  for (i = 0; i < world->solvable_count; i++)
    queue_push(lists + number[pool->solvables[i + FIRST_SOLVABLE].name], i + FIRST_SOLVABLE);
  reserve_providers(pool, world->solvable_count + name_count);
  for (i = 0; i < name_count; i++) {
    pool->whatprovides[names[i]] = pool_queuetowhatprovides(pool, lists + i);
    queue_free(lists + i);
  }
  solv_free(number);
  solv_free(lists);
}

/* Once for each world, before anything else. Repository 0 is what is installed. */
void world_load(World *world, const char *text, const int *in)
{
  Pool *pool = world->pool;
  int name_count = *in++, evr_count = *in++, repo_count = *in++, total = *in++;
  Id *names = solv_calloc(name_count + 1, sizeof(Id));
  const int *repos = in;
  Id first_evr;
  int i, k;
  for (i = 0; i < name_count; i++, text += strlen(text) + 1)
    names[i] = pool_str2id(pool, text, 1);
  first_evr = intern_numbers(pool, evr_count);
  world->first_dep = pool->ss.nstrings;
  world->orders = solv_calloc(total + 1, sizeof(Order));
  world->solvable_count = total;
  in += 3 * repo_count;
  for (i = 0; i < repo_count; i++, repos += 3) {
    Repo *repo = repo_create(pool, "");
    repo->priority = repos[0];
    repo->subpriority = repos[1];
    if (i == 0)
      pool_set_installed(pool, repo);
    if (repos[2]) {
      Id id = repo_add_solvable_block(repo, repos[2]);
      for (k = 0; k < repos[2]; k++)
        in = load_solvable(world, repo, id + k, names, first_evr, in);
    }
  }
  pool_createwhatprovides(pool);
  provide_names(world, names, name_count);
  solv_free(names);
}

/* Dependencies are numbered in the order they come, over all calls. */
void world_add_deps(World *world, const int *in)
{
  Pool *pool = world->pool;
  int count = *in++, total = *in++;
  Queue list;
  queue_init(&list);
  reserve_providers(pool, total + count);
  while (count-- > 0) {
    int n = *in++;
    Id id = intern_number(pool, "\002%d", world->dep_count);
    if (id != world->first_dep + world->dep_count++)
      abort();
    queue_empty(&list);
    while (n-- > 0)
      queue_push(&list, *in++ + FIRST_SOLVABLE);
    pool->whatprovides[id] = pool_queuetowhatprovides(pool, &list);
  }
  queue_free(&list);
}

static void read_jobs(World *world, Queue *jobs, const int *in, int count)
{
  while (count-- > 0) {
    int how = *in++, what = *in++;
    switch (how & SOLVER_SELECTMASK) {
    case SOLVER_SOLVABLE:
      what += FIRST_SOLVABLE;
      break;
    case SOLVER_SOLVABLE_PROVIDES:
      what += world->first_dep;
      break;
    }
    queue_push2(jobs, how, what);
  }
}

static void write_solvables(World *world, Solver *solver)
{
  Queue decisions;
  queue_init(&decisions);
  solver_get_decisionqueue(solver, &decisions);
  for (int i = 0; i < decisions.count; i++)
    if (decisions.elements[i] >= FIRST_SOLVABLE)
      queue_push(&world->out, decisions.elements[i] - FIRST_SOLVABLE);
  queue_free(&decisions);
}

static int solvable_number(Id id)
{
  return id >= FIRST_SOLVABLE ? id - FIRST_SOLVABLE : -1;
}

static int dep_number(World *world, Id id)
{
  return id >= world->first_dep && id < world->first_dep + world->dep_count ? id - world->first_dep : -1;
}

static void write_rule(World *world, Solver *solver, Id rule)
{
  Queue infos;
  queue_init(&infos);
  solver_allruleinfos(solver, rule, &infos);
  for (int i = 0; i + 3 < infos.count; i += 4) {
    Id *info = infos.elements + i;
    queue_push2(&world->out, info[0], solvable_number(info[1]));
    queue_push2(&world->out, solvable_number(info[2]), dep_number(world, info[3]));
    queue_push(&world->out, (solver_rule2jobidx(solver, rule) + 1) / 2);
  }
  queue_free(&infos);
}

static void write_problems(World *world, Solver *solver, int problem_count)
{
  Queue rules;
  queue_init(&rules);
  for (int problem = 1; problem <= problem_count; problem++) {
    int at = world->out.count;
    queue_push(&world->out, 0);
    queue_empty(&rules);
    solver_findallproblemrules(solver, problem, &rules);
    for (int i = 0; i < rules.count; i++)
      write_rule(world, solver, rules.elements[i]);
    world->out.elements[at] = (world->out.count - at - 1) / 5;
  }
  queue_free(&rules);
}

/* Gives the number of problems; the answer lies in world_out. */
int world_solve(World *world, const int *in, int count, int allow_downgrade, int allow_uninstall)
{
  Solver *solver = solver_create(world->pool);
  Queue jobs;
  int problem_count;
  queue_init(&jobs);
  queue_empty(&world->out);
  read_jobs(world, &jobs, in, count);
  solver_set_flag(solver, SOLVER_FLAG_ALLOW_DOWNGRADE, allow_downgrade);
  solver_set_flag(solver, SOLVER_FLAG_ALLOW_UNINSTALL, allow_uninstall);
  problem_count = solver_solve(solver, &jobs);
  if (problem_count)
    write_problems(world, solver, problem_count);
  else
    write_solvables(world, solver);
  queue_free(&jobs);
  solver_free(solver);
  return problem_count;
}

const int *world_out(World *world)
{
  return world->out.elements;
}

int world_out_count(World *world)
{
  return world->out.count;
}

/* policy.c asks for build number and build string of two solvables and compares the answers as versions. */
const char *tconda_lookup_str(Solvable *s, Id key)
{
  static char texts[2][16];
  static int turn;
  World *world = s->repo->pool->appdata;
  if (key != SOLVABLE_BUILDVERSION)
    return 0;
  turn = !turn;
  snprintf(texts[turn], sizeof texts[turn], "%d", world->orders[s - s->repo->pool->solvables - FIRST_SOLVABLE].rank);
  return texts[turn];
}

/* Versions are numbered by rank, and their ids are consecutive. */
int tconda_evrcmp(const Pool *pool, Id a, Id b, int mode)
{
  (void)pool;
  (void)mode;
  return a < b ? -1 : a > b;
}

unsigned int tconda_lookup_count(Solvable *s, Id key)
{
  World *world = s->repo->pool->appdata;
  (void)key;
  return world->orders[s - s->repo->pool->solvables - FIRST_SOLVABLE].features;
}

/*
 * solver.c calls this instead of solver_addchoicerules. Choice rules prefer what is installed where a dependency can be met
 * by packages of several names. Here one is met by one name, and the search for such rules took half of the time.
 */
void tconda_addchoicerules(Solver *solver)
{
  solver->choicerules = solver->choicerules_end = solver->nrules;
}

typedef int (*Compare)(const void *, const void *, void *);

static void merge_sort(Rule *rules, Rule *spare, size_t count, Compare compare, void *data)
{
  size_t half = count / 2, left = 0, right = half, at;
  if (count < 2)
    return;
  merge_sort(rules, spare, half, compare, data);
  merge_sort(rules + half, spare, count - half, compare, data);
  if (compare(rules + half - 1, rules + half, data) <= 0)
    return;
  memcpy(spare, rules, half * sizeof(Rule));
  for (at = 0; left < half; at++)
    rules[at] = right < count && compare(spare + left, rules + right, data) > 0 ? rules[right++] : spare[left++];
}

/* rules.c calls this instead of solv_sort: its hundreds of thousands of rules come in long runs that are in order already. */
void tconda_sort(void *base, size_t count, size_t size, Compare compare, void *data)
{
  Rule *spare;
  if (size != sizeof(Rule)) {
    solv_sort(base, count, size, compare, data);
    return;
  }
  spare = solv_malloc2(count / 2 + 1, sizeof(Rule));
  merge_sort(base, spare, count, compare, data);
  solv_free(spare);
}

/* Named by libsolv's stdio code, which nothing here reaches; the C library of WASI has none. */
int dup(int file)
{
  (void)file;
  return -1;
}
