// SPDX-License-Identifier: GPL-2.0-only
/*
 * For CRIU 3.17 in a guest without IPv6: it makes a table of nftables' family
 * "inet" when it starts, to see what nftables can do, and ends if there is no
 * such family. Preloaded, this takes that one table for made and unmade, and
 * refuses all else: CRIU then knows that it can't hold connections back with
 * nftables, and goes on. What it dumps in the guest has none.
 */
#include <string.h>

struct nft_ctx;

int nft_run_cmd_from_buffer(struct nft_ctx *nft, const char *command)
{
	(void)nft;
	return strcmp(command, "create table inet CRIU") != 0 &&
	       strcmp(command, "delete table inet CRIU") != 0;
}
