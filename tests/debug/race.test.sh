#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 1800
#
# Writes to `sym_name` while the module is being loaded and removed.

exec sh ./sym-name-race.test.sh
