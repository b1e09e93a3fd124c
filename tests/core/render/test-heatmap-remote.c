/* test-heatmap-remote.c: what a heatmap over a network asks for
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-element.h"
#include "format/zarr/ann-zarr-node.h"
#include "render/ann-heatmap.h"
#include "render/ann-tile-grid.h"
#include "store/ann-stores.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* A matrix of which a chunk is a tile, and a window of so many tiles. */
#define N_TILES_ON_AXIS 40
#define N_ROWS_SEEN 3
#define N_COLUMNS_SEEN 4
#define N_SEEN (N_ROWS_SEEN * N_COLUMNS_SEEN)

#define N_JUMPS 10
#define N_AT_ONCE 8

static const char root[] = "{\"zarr_format\": 3, \"node_type\": \"group\", \"attributes\": {}}";
static const char matrix[]
    = "{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [10240, 10240],"
      " \"data_type\": \"float32\", \"fill_value\": 0.0,"
      " \"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [256, 256]}},"
      " \"chunk_key_encoding\": {\"name\": \"default\", \"configuration\": {\"separator\": \"/\"}},"
      " \"codecs\": [{\"name\": \"bytes\", \"configuration\": {\"endian\": \"little\"}}],"
      " \"attributes\": {\"encoding-type\": \"array\", \"encoding-version\": \"0.2.0\"}}";

/* A store far away that holds no chunk, and does not answer for one before its gate is open; gives
 * up what is cancelled. Knows what it was asked for.
 */
#define TEST_TYPE_STORE (test_store_get_type ())
G_DECLARE_FINAL_TYPE (TestStore, test_store, TEST, STORE, AnnStore)

struct _TestStore {
  AnnStore parent_instance;
  AnnStore *inner;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  gboolean is_open;
  guint n_inside;
  guint n_answered[N_TILES_ON_AXIS]; /* by the row of the chunk */
  guint n_asked[N_TILES_ON_AXIS];
};

G_DEFINE_FINAL_TYPE (TestStore, test_store, ANN_TYPE_STORE)

static void
wait_at_gate (TestStore *self, GCancellable *cancellable)
{
  self->n_inside++;
  pthread_cond_broadcast (&self->changed);
  while (!self->is_open && !g_cancellable_is_cancelled (cancellable))
    {
      struct timespec until;

      clock_gettime (CLOCK_REALTIME, &until);
      until.tv_nsec += 2 * 1000 * 1000;
      if (until.tv_nsec >= 1000 * 1000 * 1000)
        {
          until.tv_sec++;
          until.tv_nsec -= 1000 * 1000 * 1000;
        }
      pthread_cond_timedwait (&self->changed, &self->mutex, &until);
    }
  self->n_inside--;
}

static gboolean
test_store_read (AnnStore *store,
                 AnnStoreRead *reads,
                 gsize n,
                 GCancellable *cancellable,
                 GError **error)
{
  TestStore *self = TEST_STORE (store);
  guint row;

  if (sscanf (reads[0].key, "X/c/%u/", &row) != 1)
    return _ann_store_read (self->inner, reads, n, cancellable, error);

  g_assert_cmpuint (row, <, N_TILES_ON_AXIS);
  pthread_mutex_lock (&self->mutex);
  self->n_asked[row] += n;
  wait_at_gate (self, cancellable);
  if (!g_cancellable_is_cancelled (cancellable))
    self->n_answered[row] += n;
  pthread_mutex_unlock (&self->mutex);

  for (gsize i = 0; i < n; i++)
    reads[i].is_absent = TRUE;

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static void
test_store_finalize (GObject *object)
{
  TestStore *self = TEST_STORE (object);

  g_object_unref (self->inner);
  pthread_mutex_destroy (&self->mutex);
  pthread_cond_destroy (&self->changed);

  G_OBJECT_CLASS (test_store_parent_class)->finalize (object);
}

static void
test_store_class_init (TestStoreClass *klass)
{
  AnnStoreClass *store_class = ANN_STORE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_store_finalize;
  store_class->read = test_store_read;
  store_class->is_remote = TRUE;
}

static void
add_text (AnnStore *store, const char *key, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  _ann_memory_store_add (store, key, bytes);
}

static void
test_store_init (TestStore *self)
{
  pthread_mutex_init (&self->mutex, NULL);
  pthread_cond_init (&self->changed, NULL);
  self->inner = _ann_memory_store_new ();
  add_text (self->inner, "zarr.json", root);
  add_text (self->inner, "X/zarr.json", matrix);
}

static AnnHeatmap *
open_heatmap (TestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnNode) group = NULL;
  g_autoptr (AnnNode) node = NULL;
  g_autoptr (AnnElement) element = NULL;
  AnnHeatmap *heatmap;
  guint version;

  _ann_store_set_name (ANN_STORE (store), "https://example.org/cells.zarr");
  group = _ann_zarr_open (ANN_STORE (store), NULL, &version, NULL, &error);
  g_assert_no_error (error);
  node = ann_node_open_child (group, "X", NULL, &error);
  g_assert_no_error (error);
  element = ann_element_open (node, NULL, &error);
  g_assert_no_error (error);
  heatmap = ann_heatmap_new (element, &error);
  g_assert_no_error (error);

  return heatmap;
}

static void
on_ready (G_GNUC_UNUSED const AnnTileKey *key,
          AnnTile *tile,
          const GError *error,
          gpointer user_data)
{
  guint *n_ready = user_data;

  g_assert_no_error (error);
  g_assert_nonnull (tile);
  ++*n_ready;
}

/* What a window shows after it has jumped to the @jump-th place. */
static void
look_at (AnnTileQueue *queue, guint jump)
{
  AnnTileKey keys[N_SEEN] = { 0 };

  for (guint i = 0; i < N_SEEN; i++)
    {
      keys[i].row = jump * N_ROWS_SEEN + i / N_COLUMNS_SEEN;
      keys[i].column = i % N_COLUMNS_SEEN;
    }
  ann_tile_queue_set_wanted (queue, keys, N_SEEN);
}

/* Chunks of the @jump-th place that were asked for, and those that came. */
static void
count_chunks (TestStore *store, guint jump, guint *n_asked, guint *n_answered)
{
  *n_asked = *n_answered = 0;
  for (guint row = jump * N_ROWS_SEEN; row < (jump + 1) * N_ROWS_SEEN; row++)
    {
      *n_asked += store->n_asked[row];
      *n_answered += store->n_answered[row];
    }
}

/* Waits until all workers stand at the gate for the @jump-th place: none is held up by an old one.
 */
static void
wait_for_workers (TestStore *store, guint jump)
{
  guint n_asked = 0;

  pthread_mutex_lock (&store->mutex);
  while (n_asked < N_AT_ONCE || store->n_inside < N_AT_ONCE)
    {
      guint n_answered;

      pthread_cond_wait (&store->changed, &store->mutex);
      count_chunks (store, jump, &n_asked, &n_answered);
    }
  pthread_mutex_unlock (&store->mutex);
}

/* Ten quick jumps: what was asked for before is given up, and what had not been asked for never is.
 */
static void
test_jumps (void)
{
  g_autoptr (TestStore) store = g_object_new (TEST_TYPE_STORE, NULL);
  g_autoptr (AnnHeatmap) heatmap = open_heatmap (store);
  guint n_ready = 0;
  g_autoptr (AnnTileQueue) queue = ann_heatmap_new_queue (heatmap, 2, on_ready, &n_ready);

  for (guint jump = 0; jump < N_JUMPS; jump++)
    {
      look_at (queue, jump);
      wait_for_workers (store, jump);
    }

  pthread_mutex_lock (&store->mutex);
  store->is_open = TRUE;
  pthread_cond_broadcast (&store->changed);
  pthread_mutex_unlock (&store->mutex);
  while (n_ready < N_SEEN || ann_tile_queue_is_busy (queue))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_ready, ==, N_SEEN);

  for (guint jump = 0; jump < N_JUMPS; jump++)
    {
      guint n_asked, n_answered;

      count_chunks (store, jump, &n_asked, &n_answered);
      g_assert_cmpuint (n_asked, ==, jump == N_JUMPS - 1 ? N_SEEN : N_AT_ONCE);
      g_assert_cmpuint (n_answered, ==, jump == N_JUMPS - 1 ? N_SEEN : 0);
    }
}

/* Faster than any worker: of nine places nothing or what workers could get at, then given up. */
static void
test_jumps_without_a_stop (void)
{
  g_autoptr (TestStore) store = g_object_new (TEST_TYPE_STORE, NULL);
  g_autoptr (AnnHeatmap) heatmap = open_heatmap (store);
  guint n_ready = 0;
  g_autoptr (AnnTileQueue) queue = ann_heatmap_new_queue (heatmap, 2, on_ready, &n_ready);

  for (guint jump = 0; jump < N_JUMPS; jump++)
    look_at (queue, jump);
  wait_for_workers (store, N_JUMPS - 1);

  pthread_mutex_lock (&store->mutex);
  store->is_open = TRUE;
  pthread_cond_broadcast (&store->changed);
  pthread_mutex_unlock (&store->mutex);
  while (n_ready < N_SEEN || ann_tile_queue_is_busy (queue))
    g_main_context_iteration (NULL, TRUE);

  for (guint jump = 0; jump < N_JUMPS - 1; jump++)
    {
      guint n_asked, n_answered;

      count_chunks (store, jump, &n_asked, &n_answered);
      g_assert_cmpuint (n_asked, <=, N_AT_ONCE);
      g_assert_cmpuint (n_answered, ==, 0);
    }
}

/* The whole: the coarse picture is made from a few of the 1,600 chunks. */
static void
test_whole (void)
{
  g_autoptr (TestStore) store = g_object_new (TEST_TYPE_STORE, NULL);
  g_autoptr (AnnHeatmap) heatmap = open_heatmap (store);
  const AnnView view = { 10240, 10240, 0, 0, 16, 16, 640, 640 };
  g_autoptr (GArray) exact = ann_view_list_tiles (&view, FALSE);
  g_autoptr (GArray) coarse = ann_view_list_tiles (&view, TRUE);
  guint n_asked = 0;

  store->is_open = TRUE;
  g_assert_true (ann_heatmap_is_far (heatmap));
  g_assert_true (
      ann_heatmap_needs_coarse (heatmap, (const AnnTileKey *) (gpointer) exact->data, exact->len));
  for (guint i = 0; i < coarse->len; i++)
    {
      g_autoptr (AnnTile) tile = NULL;
      g_autoptr (GError) error = NULL;

      ann_heatmap_render (heatmap, &g_array_index (coarse, AnnTileKey, i), 1, &tile, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (tile->n_seen, >=, 256);
      g_assert_cmpuint (tile->n_seen, <, 2560);
    }
  for (guint row = 0; row < N_TILES_ON_AXIS; row++)
    n_asked += store->n_asked[row];
  g_assert_cmpuint (n_asked, >, 0);
  g_assert_cmpuint (n_asked, <=, coarse->len * 8); /* 2 MB of a quarter each */
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/heatmap-remote/jumps", test_jumps);
  g_test_add_func ("/heatmap-remote/jumps-without-a-stop", test_jumps_without_a_stop);

  g_test_add_func ("/heatmap-remote/whole", test_whole);

  return g_test_run ();
}
