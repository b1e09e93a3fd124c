/* test-tile-queue.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-tile-queue.h"

/* A painter that can be held at the gate, to have tiles in flight for sure. Tiles of one row are a
 * group. What it makes and what it is told is kept until the queue has let go of it.
 */
typedef struct {
  GMutex mutex;
  GCond changed;
  gboolean gate_open;
  gboolean fails;
  gboolean is_free;
  guint n_calls;
  guint n_tiles;
  guint n_cancelled;
  guint most_at_once;
  guint n_inside;
  gboolean mixed; /* an exact call began while a coarse one was inside */
  guint n_coarse_inside;

  AnnTileQueue *queue;
  GArray *ready; /* of AnnTileKey; used by the main thread alone */
  guint n_errors;
  guint free_after;
} Fixture;

static gboolean
render (const AnnTileKey *keys,
        gsize n_keys,
        AnnTile **tiles,
        gpointer render_data,
        GCancellable *cancellable,
        GError **error)
{
  Fixture *fixture = render_data;
  gboolean fails;

  for (gsize i = 0; i < n_keys; i++)
    {
      g_assert_null (tiles[i]);
      g_assert_cmpuint (keys[i].row, ==, keys[0].row);
    }

  g_mutex_lock (&fixture->mutex);
  fixture->n_calls++;
  fixture->n_tiles += n_keys;
  fixture->n_inside++;
  fixture->most_at_once = MAX (fixture->most_at_once, fixture->n_inside);
  fixture->n_coarse_inside += keys[0].is_coarse;
  fixture->mixed |= !keys[0].is_coarse && fixture->n_coarse_inside > 0;
  g_cond_broadcast (&fixture->changed);
  while (!fixture->gate_open && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait_until (&fixture->changed, &fixture->mutex,
                       g_get_monotonic_time () + 5 * G_TIME_SPAN_MILLISECOND);
  fixture->n_inside--;
  fixture->n_coarse_inside -= keys[0].is_coarse;
  fixture->n_cancelled += g_cancellable_is_cancelled (cancellable);
  fails = fixture->fails;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->mutex);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (fails)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "no paint");
      return FALSE;
    }

  for (gsize i = 0; i < n_keys; i++)
    tiles[i] = ann_tile_new (&keys[i], NULL);

  return TRUE;
}

static gboolean
group (const AnnTileKey *a, const AnnTileKey *b, G_GNUC_UNUSED gpointer render_data)
{
  return a->row == b->row && a->is_coarse == b->is_coarse;
}

static void
on_free (gpointer render_data)
{
  Fixture *fixture = render_data;

  g_mutex_lock (&fixture->mutex);
  fixture->is_free = TRUE;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->mutex);
}

static void
on_ready (const AnnTileKey *key, AnnTile *tile, const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true ((tile == NULL) == (error != NULL));
  if (error != NULL)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      fixture->n_errors++;
    }
  else
    {
      g_assert_true (ann_tile_key_equal (key, &tile->key));
      g_array_append_val (fixture->ready, *key);
    }
  if (fixture->free_after > 0 && fixture->ready->len == fixture->free_after)
    g_clear_pointer (&fixture->queue, ann_tile_queue_free);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_mutex_init (&fixture->mutex);
  g_cond_init (&fixture->changed);
  fixture->ready = g_array_new (FALSE, FALSE, sizeof (AnnTileKey));
  fixture->queue = ann_tile_queue_new (GPOINTER_TO_UINT (data), render, group, fixture, on_free,
                                       on_ready, fixture);
}

static void
wait_free (Fixture *fixture)
{
  g_mutex_lock (&fixture->mutex);
  while (!fixture->is_free)
    g_cond_wait (&fixture->changed, &fixture->mutex);
  g_mutex_unlock (&fixture->mutex);
}

static void
tear_down (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_clear_pointer (&fixture->queue, ann_tile_queue_free);
  wait_free (fixture);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_array_unref (fixture->ready);
  g_mutex_clear (&fixture->mutex);
  g_cond_clear (&fixture->changed);
}

static void
set_wanted (Fixture *fixture, guint64 first_row, gsize n_rows, gsize n_columns)
{
  g_autofree AnnTileKey *keys = g_new0 (AnnTileKey, n_rows * n_columns);

  for (gsize i = 0; i < n_rows * n_columns; i++)
    {
      keys[i].row = first_row + i % n_rows;
      keys[i].column = i / n_rows;
    }
  ann_tile_queue_set_wanted (fixture->queue, keys, n_rows * n_columns);
}

static void
wait_calls (Fixture *fixture, guint n)
{
  g_mutex_lock (&fixture->mutex);
  while (fixture->n_calls < n)
    g_cond_wait (&fixture->changed, &fixture->mutex);
  g_mutex_unlock (&fixture->mutex);
}

static void
open_gate (Fixture *fixture)
{
  g_mutex_lock (&fixture->mutex);
  fixture->gate_open = TRUE;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->mutex);
}

static void
wait_idle (Fixture *fixture)
{
  while (ann_tile_queue_is_busy (fixture->queue))
    if (!g_main_context_iteration (NULL, FALSE))
      g_thread_yield ();
}

static void
test_all_come (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_assert_false (ann_tile_queue_is_busy (fixture->queue));
  open_gate (fixture);
  set_wanted (fixture, 0, 100, 1);
  g_assert_true (ann_tile_queue_is_busy (fixture->queue));
  while (fixture->ready->len < 100)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpuint (fixture->n_calls, ==, 100);
  g_assert_false (ann_tile_queue_is_busy (fixture->queue));
}

/* 20 rows of 7 tiles: 20 calls. */
static void
test_groups (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  open_gate (fixture);
  set_wanted (fixture, 0, 20, 7);
  while (fixture->ready->len < 140)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpuint (fixture->n_calls, ==, 20);
  g_assert_cmpuint (fixture->n_tiles, ==, 140);
}

/* With one worker what comes out is in the order in which it is wanted, group by group. */
static void
test_urgency (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  open_gate (fixture);
  set_wanted (fixture, 5, 4, 3);
  wait_idle (fixture);

  g_assert_cmpuint (fixture->ready->len, ==, 12);
  for (guint i = 0; i < 12; i++)
    {
      g_assert_cmpuint (g_array_index (fixture->ready, AnnTileKey, i).row, ==, 5 + i / 3);
      g_assert_cmpuint (g_array_index (fixture->ready, AnnTileKey, i).column, ==, i % 3);
    }
}

static void
test_scrolled_away (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  set_wanted (fixture, 0, 1000, 1);
  wait_calls (fixture, 1);
  set_wanted (fixture, 5000, 1, 1);
  open_gate (fixture);
  while (fixture->ready->len < 1)
    g_main_context_iteration (NULL, TRUE);

  /* The first was cancelled in flight, the other 999 never began. */
  g_assert_cmpuint (g_array_index (fixture->ready, AnnTileKey, 0).row, ==, 5000);
  g_assert_cmpuint (fixture->n_calls, ==, 2);
  g_assert_cmpuint (fixture->n_cancelled, ==, 1);
}

static void
test_still_wanted (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  set_wanted (fixture, 7, 1, 4);
  wait_calls (fixture, 1);
  set_wanted (fixture, 7, 1, 2); /* two of the four in flight, and nothing new */
  open_gate (fixture);
  wait_idle (fixture);

  g_assert_cmpuint (fixture->n_calls, ==, 1);
  g_assert_cmpuint (fixture->n_cancelled, ==, 0);
  g_assert_cmpuint (fixture->ready->len, ==, 4);
}

/* A column more of a group in flight: made by itself, the others not again. */
static void
test_one_more (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  set_wanted (fixture, 7, 1, 4);
  wait_calls (fixture, 1);
  set_wanted (fixture, 7, 1, 5);
  open_gate (fixture);
  wait_idle (fixture);

  g_assert_cmpuint (fixture->n_calls, ==, 2);
  g_assert_cmpuint (fixture->n_tiles, ==, 5);
}

/* There and back again while the worker has not noticed yet: it is made anew. */
static void
test_wanted_again (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  set_wanted (fixture, 7, 1, 1);
  wait_calls (fixture, 1);
  ann_tile_queue_set_wanted (fixture->queue, NULL, 0);
  set_wanted (fixture, 7, 1, 1);
  open_gate (fixture);
  while (fixture->ready->len < 1)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpuint (fixture->n_calls, ==, 2);
  g_assert_cmpuint (fixture->ready->len, ==, 1);
}

/* Made, but not handed over yet: not made again. */
static void
test_on_its_way (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  open_gate (fixture);
  set_wanted (fixture, 7, 1, 3);
  wait_calls (fixture, 1);
  g_mutex_lock (&fixture->mutex);
  while (fixture->n_inside > 0)
    g_cond_wait (&fixture->changed, &fixture->mutex);
  g_mutex_unlock (&fixture->mutex);
  set_wanted (fixture, 7, 1, 3);
  wait_idle (fixture);

  g_assert_cmpuint (fixture->n_calls, ==, 1);
  g_assert_cmpuint (fixture->ready->len, ==, 3);
}

static void
test_coarse_first (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  AnnTileKey keys[8] = { 0 };

  for (guint i = 0; i < 8; i++)
    {
      keys[i].row = i % 4;
      keys[i].is_coarse = i < 4;
    }
  ann_tile_queue_set_wanted (fixture->queue, keys, 8);
  wait_calls (fixture, 2); /* two workers: two coarse tiles in flight */
  open_gate (fixture);
  wait_idle (fixture);

  g_assert_false (fixture->mixed);
  g_assert_cmpuint (fixture->most_at_once, ==, 2);
  g_assert_cmpuint (fixture->ready->len, ==, 8);
}

static void
test_error (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  fixture->fails = TRUE;
  open_gate (fixture);
  set_wanted (fixture, 0, 3, 2);
  wait_idle (fixture);

  g_assert_cmpuint (fixture->n_errors, ==, 6);
  g_assert_cmpuint (fixture->ready->len, ==, 0);
}

/* Comes back at once, with both workers inside; they are cancelled and end. */
static void
test_free_in_flight (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  set_wanted (fixture, 0, 10, 1);
  wait_calls (fixture, 2);
  g_clear_pointer (&fixture->queue, ann_tile_queue_free);
  wait_free (fixture);
  while (g_main_context_iteration (NULL, FALSE))
    ;

  g_assert_cmpuint (fixture->ready->len, ==, 0);
  g_assert_cmpuint (fixture->n_cancelled, ==, 2);
  g_assert_cmpuint (fixture->n_calls, ==, 2);
}

/* Freed by the one who takes the tiles, in the middle of a delivery. */
static void
test_free_in_delivery (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  fixture->free_after = 2;
  open_gate (fixture);
  set_wanted (fixture, 0, 1, 5);
  while (fixture->queue != NULL)
    g_main_context_iteration (NULL, TRUE);
  wait_free (fixture);
  while (g_main_context_iteration (NULL, FALSE))
    ;

  g_assert_cmpuint (fixture->ready->len, ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, n_threads, func)                                                                 \
  g_test_add (path, Fixture, GUINT_TO_POINTER (n_threads), set_up, func, tear_down)
  ADD ("/tile-queue/all-come", 2, test_all_come);
  ADD ("/tile-queue/groups", 2, test_groups);
  ADD ("/tile-queue/urgency", 1, test_urgency);
  ADD ("/tile-queue/scrolled-away", 1, test_scrolled_away);
  ADD ("/tile-queue/still-wanted", 1, test_still_wanted);
  ADD ("/tile-queue/one-more", 1, test_one_more);
  ADD ("/tile-queue/wanted-again", 1, test_wanted_again);
  ADD ("/tile-queue/on-its-way", 1, test_on_its_way);
  ADD ("/tile-queue/coarse-first", 2, test_coarse_first);
  ADD ("/tile-queue/error", 2, test_error);
  ADD ("/tile-queue/free-in-flight", 2, test_free_in_flight);
  ADD ("/tile-queue/free-in-delivery", 1, test_free_in_delivery);
#undef ADD

  return g_test_run ();
}
