/* ann-core.h: the one header that users of the library include
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#define ANN_INSIDE 1
#include "anndata/ann-data.h"
#include "anndata/ann-report.h"
#include "anndata/ann-validate.h"
#include "array/ann-array.h"
#include "array/ann-attributes.h"
#include "array/ann-chunk-cache.h"
#include "array/ann-memory-array.h"
#include "array/ann-node.h"
#include "base/ann-box.h"
#include "base/ann-buffer.h"
#include "base/ann-dtype.h"
#include "base/ann-error.h"
#include "base/ann-exact-sum.h"
#include "base/ann-macros.h"
#include "base/ann-nearest.h"
#include "base/ann-progress.h"
#include "base/ann-selection.h"
#include "base/ann-strings.h"
#include "base/ann-worker.h"
#include "codec/ann-codec-chain.h"
#include "codec/ann-codec.h"
#include "element/ann-awkward.h"
#include "element/ann-block-iterator.h"
#include "element/ann-block.h"
#include "element/ann-categorical.h"
#include "element/ann-cell.h"
#include "element/ann-element.h"
#include "element/ann-frame.h"
#include "element/ann-matrix-column.h"
#include "element/ann-scalar.h"
#include "element/ann-sparse.h"
#include "format/ann-open.h"
#include "query/ann-summary.h"
#include "render/ann-color-map.h"
#include "render/ann-heatmap.h"
#include "render/ann-tile-cache.h"
#include "render/ann-tile-grid.h"
#include "render/ann-tile-queue.h"
#include "render/ann-tile.h"
#include "render/ann-value-scale.h"
#undef ANN_INSIDE
