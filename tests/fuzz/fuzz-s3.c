/* fuzz-s3.c: what a server of S3 answers, and addresses
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "fuzz-input.h"

#include "store/ann-location.h"
#include "store/ann-s3-xml.h"
#include "store/ann-store.h"

static void
parse_page (const char *text, gsize size, const char *prefix)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (
      (GDestroyNotify) _ann_store_entry_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;

  if (_ann_s3_page_parse (text, size, prefix, entries, &token, &error))
    g_assert_no_error (error);
  else
    g_assert_nonnull (error);
  for (guint i = 0; i < entries->len; i++)
    {
      const AnnStoreEntry *entry = entries->pdata[i];

      g_assert_true (_ann_store_is_key (entry->name));
      g_assert_null (strchr (entry->name, '/'));
    }
}

/* What is shown of an address is one, and is shown so again. */
static void
parse_address (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnLocation) location = ann_location_parse (text, &error);
  g_autoptr (AnnLocation) again = NULL;

  if (location == NULL)
    {
      g_assert_nonnull (error);
      return;
    }
  again = ann_location_parse (ann_location_get_uri (location), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (ann_location_get_uri (location), ==, ann_location_get_uri (again));
  for (guint n = 0; n < 4; n++)
    {
      g_autoptr (AnnLocation) parent = _ann_location_new_parent (location, n);
      g_autofree char *tail = parent != NULL ? _ann_location_dup_tail (location, n) : NULL;

      g_assert_true (parent == NULL || tail != NULL);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *upload = NULL;
  AnnS3Fault fault;

  parse_page ((const char *) data, size, "");
  parse_page ((const char *) data, size, "p/");
  upload = _ann_s3_upload_parse ((const char *) data, size);
  g_assert_true (upload == NULL || *upload != '\0');
  _ann_s3_fault_parse (&fault, text);
  _ann_s3_fault_clear (&fault);
  parse_address (text);

  return 0;
}
