/* ann-stores.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-stores.h"

AnnStore *
_ann_store_open (AnnLocation *location, GError **error)
{
  switch (ann_location_get_kind (location))
    {
    case ANN_LOCATION_FILE:
      return _ann_folder_store_new (ann_location_get_uri (location));

    case ANN_LOCATION_HTTP:
      return _ann_http_store_new (location);

    case ANN_LOCATION_S3:
      return _ann_s3_store_new (location, error);
    }

  g_return_val_if_reached (NULL);
}
