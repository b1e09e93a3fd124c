/* test-http-store.c: what lies below an address
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../../support/web-server.h"
#include "store-suite.h"
#include "store/ann-http-client.h"

/* A folder, and the server that has it. */
typedef struct {
  char *folder;
  WebServer server;
} Place;

static Place *
place_new (const StoreObject *objects, gsize n)
{
  Place *place = g_new0 (Place, 1);

  place->folder = make_folder (objects, n);
  web_server_start (&place->server, place->folder, NULL);

  return place;
}

static void
place_free (gpointer data)
{
  Place *place = data;

  web_server_stop (&place->server);
  remove_folder (place->folder);
  g_free (place->folder);
  g_free (place);
}

/* The store below @path of the server. */
static AnnStore *
open_store (Place *place, const char *path)
{
  g_autofree char *url = g_strconcat (place->server.url, path, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnLocation) location = ann_location_parse (url, &error);

  g_assert_no_error (error);

  return _ann_http_store_new (location);
}

static AnnStore *
make_http_store (const StoreKind *kind G_GNUC_UNUSED,
                 const StoreObject *objects,
                 gsize n,
                 gpointer *data)
{
  Place *place = place_new (objects, n);

  *data = place;

  return open_store (place, "/");
}

int
main (int argc, char **argv)
{
  static const StoreKind kind = { "http", make_http_store, place_free, NULL };

  g_test_init (&argc, &argv, NULL);
  store_suite_add (&kind);

  return g_test_run ();
}
